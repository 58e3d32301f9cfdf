import { fileURLToPath } from "node:url";
import { checkLayers } from "./support/layers/check.ts";
import { adapters } from "./support/layers/rules.ts";
import { readTree } from "./support/layers/tree.ts";

/** `npm run layers`: proves from the imports that the house stands as DESIGN, section 3, says. */
const root = fileURLToPath(new URL("..", import.meta.url));
const files = readTree(root, ["src", ...adapters]);
const { violations, warnings } = checkLayers(files);
for (const warning of warnings) console.warn(`warning  ${warning}`);
for (const violation of violations) console.error(`error    ${violation}`);
console.log(`layers: ${files.size} files, ${violations.length} violations, ${warnings.length} warnings`);
process.exitCode = violations.length > 0 || files.size === 0 ? 1 : 0;
