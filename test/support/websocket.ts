import { WebSocket } from "ws";

/** Gives Node 20 the WebSocket that browsers have, as nats.ws expects it. Import it before connecting. */
Object.assign(globalThis, { WebSocket });
