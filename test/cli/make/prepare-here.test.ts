import { afterEach, expect, test, vi } from 'vitest';
import { toRequest } from '../../../cli/make/order.ts';
import { prepareHere } from '../../../cli/make/prepare-here.ts';
import type { MakeValues } from '../../../cli/make/values.ts';
import { UsageError } from '../../../local/user-error.ts';
import { temporaryFolder } from '../../harness/running-service.ts';
import { UNINTERRUPTED } from '../fake-service.ts';

afterEach(() => void vi.restoreAllMocks());

const CONTEXT = { interruption: UNINTERRUPTED, onFatal: () => undefined };
const REAL = { apiKey: 'sk-1' };

async function valuesWith(given: Partial<MakeValues>): Promise<MakeValues> {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const where = { stack: undefined, url: undefined, local: false, key: undefined };
  const switches = { here: true, open: false, json: false, 'dry-run': false, yes: false };
  return { ...where, ...switches, out: await temporaryFolder(), ...given };
}

test('needs --yes for a video of the real MiniMax where there is no terminal', async () => {
  const values = await valuesWith({ template: 'Diving', media: ['https://a.example/1.png'] });
  const prepared = prepareHere(values, REAL, CONTEXT);
  await expect(prepared).rejects.toThrow(UsageError);
  await expect(prepared).rejects.toThrow(/^A video of Diving costs about \$0\.40, .* add --yes/);
  expect(await prepareHere({ ...values, yes: true }, REAL, CONTEXT)).toMatchObject({
    template: '392747428568649728',
  });
});

test('asks nothing for the simulated MiniMax, and nothing for a task', async () => {
  const values = await valuesWith({ template: 'Diving', media: ['https://a.example/1.png'] });
  const { order } = await prepareHere(values, {}, CONTEXT);
  expect(toRequest(order, () => '')).toMatchObject({ template_id: '392747428568649728' });
  expect(await prepareHere(await valuesWith({ task: '7' }), REAL, CONTEXT)).toMatchObject({
    order: { task: '7' },
    template: undefined,
  });
});

test("takes the names of the host's own templates", async () => {
  const values = await valuesWith({ template: 'labu', media: ['https://a.example/1.png'] });
  await expect(prepareHere(values, {}, CONTEXT)).rejects.toThrow('is no known template');
  const mainland = { host: 'https://api.minimax.cn' };
  const everything = { ...values, template: 'Everything' };
  expect(await prepareHere(everything, mainland, CONTEXT)).toMatchObject({ template: '394246956137422856' });
});
