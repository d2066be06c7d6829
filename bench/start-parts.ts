import { join } from 'node:path';
import { millisecondsOf } from './measure.ts';

/** Runs the parts of `npm start` one after the other in this process, and prints their milliseconds as JSON. */
const [folder = ''] = process.argv.slice(2);
const assembly = join(folder, 'cdk.out');
const parts: Record<string, number> = {};
async function part(name: string, action: () => unknown): Promise<void> {
  parts[name] = await millisecondsOf(action);
}

await part('load the CDK', () => import('../local/synthesize.ts'));
const { synthesize } = await import('../local/synthesize.ts');
const { bundleFunctions } = await import('../infra/bundling.ts');
const { selectMiniMax } = await import('../cli/minimax-backend.ts');
const peer = await selectMiniMax({ callbacks: false });
await part('bundle and synthesize', () => synthesize(assembly, peer.context));
await part('  of which bundle', () => bundleFunctions(join(folder, 'bundles')));
await part('load the local service', () => import('../local/local-service.ts'));
const { startLocalService } = await import('../local/local-service.ts');

const finished = Promise.withResolvers<void>();
const options = {
  assembly,
  objectFolder: join(folder, 'objects'),
  secrets: peer.secrets,
  onEvent: (_execution: unknown, { type }: { readonly type: string | undefined }) => {
    if (type === 'ExecutionSucceeded') finished.resolve();
  },
};
let service: Awaited<ReturnType<typeof startLocalService>> | undefined;
await part('start the local service', async () => {
  service = await startLocalService(options);
});
await part('make the video (3 s of it in Wait)', async () => {
  const posted = await fetch(`${service?.url}/videos`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      template_id: '393769180141805569',
      media_inputs: [{ value: peer.exampleImage }],
      text_inputs: [{ value: 'Lion' }],
    }),
  });
  if (posted.status !== 202) throw new Error(`The video was not started: ${await posted.text()}`);
  await finished.promise;
});
await service?.stop();
await peer.stop();
console.log(JSON.stringify(parts));
