import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureCommand, type NeededCommand } from "../../../node/system/debian-packages.ts";
import { startOwnedProcess } from "../../../node/system/owned-process.ts";
import { makeScratchFolder } from "../../../node/system/scratch-folder.ts";
import { HostError } from "../../../src/index.ts";
import { chromiumCommand, chromiumFlags } from "../../support/chromium.ts";
import { EngineMissing } from "./engine.ts";

/** A browser of this machine, and how it is made to show one page. */
export interface Browser {
  readonly name: string;
  readonly command: NeededCommand;
  /** Words before the address. */
  readonly options: (profile: string) => readonly string[];
  /** Settings in the profile. */
  readonly preferences?: Readonly<Record<string, boolean | number | string>>;
  /** Where its version is in the user agent. */
  readonly version: RegExp;
}

export const CHROMIUM: Browser = {
  name: "Chromium",
  command: chromiumCommand,
  options: (profile) => ["--headless=new", ...chromiumFlags, `--user-data-dir=${profile}`],
  version: /Chrome\/(\d+)/,
};

export const FIREFOX: Browser = {
  name: "Firefox",
  command: {
    command: process.env["WEBLATTICE_FIREFOX"] ?? "firefox-esr",
    alternatives: ["firefox"],
    debianPackage: "firefox-esr",
    folders: ["/usr/bin", "/usr/local/bin", "/snap/bin"],
    elsewhere: "install Firefox and set WEBLATTICE_FIREFOX to its path",
  },
  options: (profile) => ["--headless", "--no-remote", "--profile", profile],
  preferences: {
    "app.update.enabled": false,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
  },
  version: /Firefox\/(\d+)/,
};

/** A browser that shows a page, without a driver or debugger. */
export interface OpenBrowser {
  /** Rejects when the browser ends by itself. */
  readonly lost: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Starts a browser with a profile of its own.
 *
 * Firefox is not driven by WebDriver BiDi: with it, version 153 hangs when nested workers come and go.
 *
 * @throws EngineMissing if it is not on this machine and cannot be installed.
 */
export async function openBrowser(browser: Browser, url: string): Promise<OpenBrowser> {
  const executable = await pathOf(browser.command);
  const profile = makeScratchFolder("browser");
  const settings = Object.entries(browser.preferences ?? {}).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  if (settings.length > 0) await writeFile(join(profile.path, "user.js"), settings.join(""));
  const child = await startOwnedProcess(executable, [...browser.options(profile.path), url]);
  const lost = child.ended.then(({ code, signal }): never => {
    throw new Error(`${browser.name} ended (${code ?? signal}): ${child.output().slice(-1_000)}`);
  });
  lost.catch(() => undefined); // who stops the browser does not wait for this
  return {
    lost,
    stop: async () => {
      await child.stop();
      await removeProfile(profile.remove);
    },
  };
}

/** The browser's helpers may still be writing when it has ended. */
async function removeProfile(remove: () => void): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return remove();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(100);
    }
  }
}

async function pathOf(command: NeededCommand): Promise<string> {
  try {
    return await ensureCommand(command);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    throw new EngineMissing(`${error.message} ${error.hint ?? ""}`.trim());
  }
}
