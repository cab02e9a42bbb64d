sioscope_core(session SOURCES realm.cpp tracker.cpp lineage.cpp LINK core_engineio core_socketio)
