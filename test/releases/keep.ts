import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../../cli/command.ts';
import { VERSION } from '../../lambdas/core/version.ts';
import { synthesizeForSimulator } from '../harness/running-service.ts';
import { type SharedAssemblies, synthesizeBoth } from '../harness/shared-assemblies.ts';
import { startKeeping } from './keeping.ts';
import { toReadableJson } from './readable-json.ts';
import { folderOf, RELEASES, SECRETS_FILE, STACKS, type StackName, TEMPLATE_FILE } from './release.ts';
import { STORIES } from './stories.ts';
import { VARIABLES } from './variables.ts';

/** `npm run keep-release`: keeps the templates and documents of this release for the tests of later ones. */
const { again } = flagsOf({
  name: 'npm run keep-release',
  flags: { again: { type: 'boolean', default: false } },
  help: `Makes videos on the local service, and writes this release's templates and documents to test/releases/${VERSION}.

  npm run keep-release -- [flags]

  --again         replaces a release that is kept already
  --help          this text
`,
}).values;

const target = join(RELEASES, VERSION);
if (existsSync(target) && !again) {
  console.error(`${VERSION} is kept already. Give package.json a new version, or replace it with --again.`);
  process.exit(1);
}
await using cleanup = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'template-video-release-'));
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
const assemblies = await synthesizeBoth(folder);
await rm(target, { recursive: true, force: true });
for (const stack of STACKS) await keepStack(stack, assemblies);

async function keepStack(stack: StackName, assemblies: SharedAssemblies): Promise<void> {
  const out = folderOf(VERSION, stack);
  await mkdir(out, { recursive: true });
  const template = await readFile(join(assemblies[stack], TEMPLATE_FILE), 'utf8');
  await write(join(out, TEMPLATE_FILE), withoutNoise(template));
  const callbacks = stack === 'callbacks';
  const simulated = await synthesizeForSimulator({ callbacks }, VARIABLES, assemblies);
  const keeping = await startKeeping(simulated);
  for (const story of STORIES.filter((each) => (each.callbacks ?? false) === callbacks))
    for (const moment of story.moments) {
      const video = await keeping.keep(story, moment);
      console.log(`${stack}: ${video.title}`);
      await write(join(out, `${video.title.replaceAll(/\W+/g, '-')}.json`), video);
    }
  if (keeping.secrets !== undefined) await writeFile(join(out, SECRETS_FILE), keeping.secrets);
  await keeping.stop();
  await simulated.stop();
}

/** Leaves out what has no effect on an upgrade: metadata, and the names of the bundles, which change with each line of code. */
function withoutNoise(text: string): object {
  const template = JSON.parse(text) as { readonly Resources: Readonly<Record<string, Resource>> };
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    delete resource.Metadata;
    if (resource.Properties?.Code?.S3Key !== undefined) resource.Properties.Code.S3Key = `${logicalId}.zip`;
  }
  return template;
}

interface Resource {
  readonly Properties?: { readonly Code?: { S3Key?: string } };
  Metadata?: unknown;
}

function write(path: string, value: object): Promise<void> {
  return writeFile(path, `${toReadableJson(value)}\n`);
}
