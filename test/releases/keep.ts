import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flagsOf } from '../../cli/script-flags.ts';
import { VERSION } from '../../lambdas/core/version.ts';
import { synthesizeForSimulator } from '../harness/running-service.ts';
import { type SharedAssemblies, synthesizeBoth } from '../harness/shared-assemblies.ts';
import { startKeeping } from './keeping.ts';
import { toReadableJson } from './readable-json.ts';
import {
  RELEASES,
  SECRETS_FILE,
  STACKS,
  type StackName,
  TEMPLATE_FILE,
  TEMPLATES,
  type TemplateName,
} from './release.ts';
import { STORIES } from './stories.ts';
import { synthesizedTemplate } from './templates.ts';
import { VARIABLES } from './variables.ts';

/** `npm run keep-release`: keeps the templates and documents of this release for the tests of later ones. */
const { again } = flagsOf({
  name: 'npm run keep-release',
  flags: { again: { help: 'replace a release that is kept already' } },
  summary: `Makes videos on the local service, and writes this release's templates and documents to test/releases/${VERSION}.`,
}).values;

const target = join(RELEASES, VERSION);
if (existsSync(target) && !again) {
  console.error(`${VERSION} is kept already. Give package.json a new version, or replace it with --again.`);
  process.exit(1);
}
await using cleanup = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'template-video-release-'));
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
const release = join(folder, 'release');
for (const name of Object.keys(TEMPLATES) as readonly TemplateName[]) {
  await mkdir(join(release, name), { recursive: true });
  await write(join(release, name, TEMPLATE_FILE), await synthesizedTemplate(name, folder));
}
const assemblies = await synthesizeBoth(folder);
for (const stack of STACKS) await keepStack(stack, assemblies);
await rm(target, { recursive: true, force: true });
await cp(release, target, { recursive: true });

async function keepStack(stack: StackName, assemblies: SharedAssemblies): Promise<void> {
  const out = join(release, stack);
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

function write(path: string, value: object): Promise<void> {
  return writeFile(path, `${toReadableJson(value)}\n`);
}
