import { arch, platform } from "node:process";

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "x86" };
const SYSTEMS: Readonly<Record<string, string>> = { darwin: "macos", win32: "windows" };

/** The core labels of a host on this machine, in the words of first-party hosts. Protocol section 11.4. */
export function nodeLabels(): Readonly<Record<string, string>> {
  return {
    "hostcore.arch": ARCHITECTURES[arch] ?? arch,
    "hostcore.os": SYSTEMS[platform] ?? platform,
    "hostcore.osfamily": platform === "win32" ? "windows" : "unix",
  };
}
