import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readDeployment } from '../../local/template/deployment.ts';

/** Begins the line that a wrapped function prints at its end. */
export const TIMED = 'bench:cost ';

/** The duration of one invocation. */
export interface Invocation {
  readonly functionName: string;
  readonly milliseconds: number;
}

/** Copies an assembly, and wraps every bundle: the function uses the clock in the file, and prints its duration. */
export async function makeTimedAssembly(assembly: string, folder: string, clockFile: string): Promise<void> {
  const { functions } = await readDeployment(assembly);
  const file = 'TemplateVideo.template.json';
  await mkdir(folder, { recursive: true });
  for (const { name, entry } of functions) {
    const asset = /asset\.(\w+)/.exec(entry)?.[1] ?? '';
    await mkdir(join(folder, `asset.${asset}`), { recursive: true });
    await writeFile(join(folder, `asset.${asset}`, 'index.mjs'), wrapper(name, entry, clockFile));
  }
  await copyFile(join(assembly, file), join(folder, file));
}

function wrapper(name: string, entry: string, clockFile: string): string {
  return `import { readFileSync } from 'node:fs';
import { shiftTime } from ${JSON.stringify(import.meta.resolve('./clock.ts'))};
let aheadMs = 0;
shiftTime(() => aheadMs);
const { handler: real } = await import(${JSON.stringify(pathToFileURL(entry).href)});
export async function handler(event, context) {
  aheadMs = Number(readFileSync(${JSON.stringify(clockFile)}, 'utf8'));
  const startedAt = performance.now();
  try {
    return await real(event, context);
  } finally {
    const milliseconds = performance.now() - startedAt;
    console.log(${JSON.stringify(TIMED)} + JSON.stringify({ functionName: ${JSON.stringify(name)}, milliseconds }));
  }
}
`;
}
