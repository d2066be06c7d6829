'use strict';

/**
 * Says which command is missing before anything else runs: `npm ci`. It is loaded before each of npm's scripts, also by an old
 * Node without packages. So it is CommonJS, needs nothing, and uses no newer syntax.
 */
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread } = require('node:worker_threads');

const PROJECT = join(__dirname, '..');

/** @param {string[]} tools packages beside the dependencies, as in `vitest` */
function whatIsMissing(tools) {
  const { dependencies, devDependencies } = readJson(join(PROJECT, 'package.json'));
  if (!existsSync(join(PROJECT, 'node_modules'))) return 'Run `npm ci` first: no packages are installed.';
  const oldNode = wrongNode(devDependencies.node);
  if (oldNode !== undefined) return oldNode;
  const wanted = Object.assign({}, dependencies);
  for (const tool of tools) wanted[tool] = devDependencies[tool];
  for (const name of Object.keys(wanted)) {
    const found = installedVersion(name);
    if (found === undefined) {
      const how = name in dependencies ? '' : ', without --omit=dev';
      return `Run \`npm ci\` first${how}: the package ${name} is not installed.`;
    }
    if (found !== wanted[name])
      return `Run \`npm ci\` first: the package ${name} is installed as ${found}, and wanted is ${wanted[name]}.`;
  }
  return undefined;
}

/** npm puts the Node of `node_modules` in front, so that an older one runs only where that is missing. */
function wrongNode(wanted) {
  const major = Number.parseInt(wanted, 10);
  if (Number.parseInt(process.versions.node, 10) >= major) return undefined;
  const here = `Node ${major} is needed, and this is Node ${process.versions.node}`;
  const bin = join(PROJECT, 'node_modules', 'node', 'bin');
  if (existsSync(join(bin, 'node')) || existsSync(join(bin, 'node.exe')))
    return `${here}. \`npm ci\` has brought Node ${wanted}: use npm's scripts, or \`npx node\`.`;
  const how = installedVersion('node') === undefined ? '--omit=dev' : '--ignore-scripts';
  return `Run \`npm ci\` first, without ${how}: ${here}. \`npm ci\` brings Node ${wanted}.`;
}

function installedVersion(name) {
  const path = join(PROJECT, 'node_modules', name, 'package.json');
  return existsSync(path) ? readJson(path).version : undefined;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

// Threads inherit what their process was started with.
if (isMainThread) {
  const missing = whatIsMissing(require.main === module ? process.argv.slice(2) : []);
  if (missing !== undefined) {
    console.error(missing);
    process.exit(1);
  }
}
