import type { NeededCommand } from "../../node/system/debian-packages.ts";
import { findCommand } from "../../node/system/find-command.ts";

/** The browser of the tests: the one named by `WEBLATTICE_CHROMIUM`, else a Chromium of the machine. */
export const chromiumCommand: NeededCommand = {
  command: process.env["WEBLATTICE_CHROMIUM"] ?? "chromium",
  alternatives: ["chromium-browser", "google-chrome-stable", "google-chrome"],
  debianPackage: "chromium",
  folders: ["/usr/bin", "/usr/local/bin", "/snap/bin"],
  elsewhere: "install Chromium or Chrome and set WEBLATTICE_CHROMIUM to its path",
};

/** The path of that browser; `undefined` when there is none. */
export function findChromium(): string | undefined {
  const names = [chromiumCommand.command, ...(chromiumCommand.alternatives ?? [])];
  return names.map((name) => findCommand(name, chromiumCommand.folders)).find((path) => path !== undefined);
}

/**
 * Parts of Chromium that are off. Of several lists Chromium takes the last, so what Playwright has in its own list and
 * matters here stands here again.
 */
const disabledFeatures: readonly string[] = [
  // Every window would load two pages for its address bar, which cost more than most pages of tests.
  "WebUIOmniboxPopup",
  "WebUIOmniboxFullPopup",
  "WebUIOmniboxAimPopup",
  // A renderer kept ready for a next page, thrown away with each profile.
  "SpareRendererForSitePerProcess",
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
];

/** Flags with which Chromium runs as root, asks nobody outside this machine for anything, and does little beside. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--disable-features=${disabledFeatures.join()}`,
];
