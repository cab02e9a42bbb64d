sioscope_core(session SOURCES realm.cpp tracker.cpp tracker_exchanges.cpp conversation.cpp lineage.cpp LINK core_engineio core_socketio core_websocket)
