import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./header/theme.ts";
import { HostSession } from "./session/host-session.ts";
import { startOptionsFrom } from "./session/start-options.ts";
import "./tokens.css";
import "./base.css";
import "./controls.css";
import "./layout.css";
import "./panels.css";
import "./hosts.css";

applyTheme();
const session = new HostSession(startOptionsFrom(new URLSearchParams(location.search)));
void session.start();
const root = document.getElementById("app");
if (root !== null) render(<App session={session} />, root);
