sioscope_core(tap SOURCES tap.cpp messages.cpp request.cpp
              LINK core_http core_websocket core_engineio core_socketio core_json)
