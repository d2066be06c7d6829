import { mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A synthesized template, as far as the tests change it. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Properties: AnyProperties }>>;
}

export interface AnyProperties {
  Timeout?: number;
  readonly Environment?: { readonly Variables: Record<string, unknown> };
  /** Of a table. */
  readonly KeySchema?: readonly object[];
}

const FILE = 'TemplateVideo.template.json';

export async function readTemplate(assembly: string): Promise<Template> {
  return JSON.parse(await readFile(join(assembly, FILE), 'utf8')) as Template;
}

export function writeTemplate(assembly: string, template: Template): Promise<void> {
  return writeFile(join(assembly, FILE), JSON.stringify(template));
}

/** How often `Copy video` is repeated here. A deployed stack has 42 repetitions, which test/infra proves. */
export const COPY_RETRIES = 4;

/** Copies a synthesized assembly, with fewer copies of a video, and gives these values to the variables of its functions. */
export async function copyAssembly(
  from: string,
  to: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(to);
  await linkAssets(from, to);
  const template = withFewCopies(await readTemplate(from));
  setVariables(template, variables);
  setCompileCache(template, join(dirname(from), 'compile-cache'));
  setLeastTimeout(template, 120);
  await writeTemplate(to, template);
}

/** Links the bundles of an assembly to those of another, whose paths are what the compile cache knows them by. */
export async function linkAssets(from: string, to: string): Promise<void> {
  const assets = (await readdir(from)).filter((name) => name.startsWith('asset.'));
  for (const name of assets) {
    await rm(join(to, name), { recursive: true, force: true });
    await symlink(await realpath(join(from, name)), join(to, name), 'junction');
  }
}

/** Halves the processor time of a cold function: https://nodejs.org/api/module.html#module-compile-cache */
function setCompileCache({ Resources }: Template, folder: string): void {
  for (const { Properties } of Object.values(Resources))
    if (Properties?.Environment !== undefined) Properties.Environment.Variables.NODE_COMPILE_CACHE = folder;
}

function withFewCopies(template: Template): Template {
  const text = JSON.stringify(template);
  const deployed = String.raw`\"MaxAttempts\":42`;
  if (!text.includes(deployed)) throw new Error('Copy video is not repeated 42 times.');
  return JSON.parse(text.replaceAll(deployed, String.raw`\"MaxAttempts\":${COPY_RETRIES}`));
}

/** Gives every function so much time, for fifty cold ones at once on a busy machine. */
export function setLeastTimeout({ Resources }: Template, seconds: number): void {
  for (const { Properties } of Object.values(Resources))
    if (Properties?.Environment !== undefined)
      Properties.Timeout = Math.max(seconds, Properties.Timeout ?? 0);
}

/** Gives these values to the variables of the functions that have them. */
export function setVariables({ Resources }: Template, variables: Readonly<Record<string, string>>): void {
  for (const { Properties } of Object.values(Resources)) {
    const own = Properties?.Environment?.Variables ?? {};
    for (const [name, value] of Object.entries(variables)) if (name in own) own[name] = value;
  }
}
