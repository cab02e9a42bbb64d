sioscope_core(session SOURCES realm.cpp tracker.cpp conversation.cpp lineage.cpp LINK core_engineio core_socketio core_websocket)
