sioscope_core(tap SOURCES binary_message.cpp connect_packet.cpp dedupe_key.cpp gap_detail.cpp http_phase.cpp known_events.cpp messages.cpp polling_body.cpp request.cpp message_id.cpp socket_packet.cpp
                      tap.cpp websocket_phase.cpp
              LINK core_address core_http core_inflate core_websocket core_engineio core_socketio core_json)
