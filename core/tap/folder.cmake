sioscope_core(tap SOURCES gap_detail.cpp messages.cpp request.cpp tap.cpp
              LINK core_http core_websocket core_engineio core_socketio core_json)
