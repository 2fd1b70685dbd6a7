"""Hubs in a web application: mapping, negotiation, the requests of each transport, and the server behind them.

Who calls whom, from the outside in:

    Endpoint            one path: routes a request, and sends the response that `Refused` carries
      Admission         who may come in
      Connector         which connection a request belongs to, and new ones, by way of the path's Service
      WebSocketRequests, HttpRequests
                        what each kind of request does
        a transport     WebSocket, Server-Sent Events or long polling (`transports/`); it feeds a `Receiver`

What is served at a path implements `Service`: a hub is a `HubService`, a handler of raw connections a `RawService`.
Both make a `Receiver` for the transport: a `HubConnection`, or a `RawReceiver`. `SignalR` is the one server of the
application: it holds the hubs, the open connections, the clock and the backplane, and ends them all when it stops.
`ConnectionTable` holds the ids that it has handed out.
"""
