sioscope_core(replay SOURCES session_reader.cpp script.cpp player.cpp stage.cpp
              LINK core_capture core_client core_server core_engineio core_http core_inflate core_json core_websocket)
