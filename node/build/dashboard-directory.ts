import { fileURLToPath } from "node:url";

/** The folder that the dashboard is built into. */
export const dashboardDirectory: string = fileURLToPath(new URL("../../build/dashboard", import.meta.url));
