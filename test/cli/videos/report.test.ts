import { expect, test } from 'vitest';
import { toCsv } from '../../../cli/videos/csv.ts';
import { report } from '../../../cli/videos/report.ts';
import { MINIMAX_HEADER, SIMULATED } from '../../../lambdas/core/api/simulated.ts';
import { printedBy, startFakeService, UNINTERRUPTED } from '../fake-service.ts';

const SUM = { videos: 2, without_price: 1, usd: { no: 0, maybe: 0.45, yes: 1.5 } };
const USAGE = {
  from: '2026-11-01',
  to: '2026-11-30',
  ...SUM,
  groups: [{ day: '2026-11-27', template_id: '=HYPERLINK("http://x")', ...SUM }],
};
const VALUES = { from: '2026-11-01', to: '2026-11-30', csv: false, json: false };

test('prints a table with the total, and says what the dollars lack', async () => {
  const { where, calls } = await startFakeService({ 'GET /usage': USAGE });
  const { out, err } = await printedBy(() => report({ ...VALUES, ...where }, UNINTERRUPTED));
  expect(out).toMatch(/^2026-11-27 .* 2 +1 +\$0\.00 +\$0\.45 +\$1\.50$/m);
  expect(out).toMatch(/^total .* 2 +1 +\$0\.00 +\$0\.45 +\$1\.50$/m);
  expect(err).toBe('1 of the videos have no known price: the dollars lack them.\n');
  expect(calls).toMatchObject([{ path: '/usage?from=2026-11-01&to=2026-11-30' }]);
});

test('says of a simulated MiniMax that no money was spent', async () => {
  const { where } = await startFakeService(
    { 'GET /usage': { ...USAGE, without_price: 0 } },
    { [MINIMAX_HEADER]: SIMULATED },
  );
  const { err } = await printedBy(() => report({ ...VALUES, ...where }, UNINTERRUPTED));
  expect(err).toBe(
    'MiniMax is simulated here, so no money was spent. The dollars are the prices of real videos.\n',
  );
});

test('prints CSV in which no text of a caller is a formula', async () => {
  const { where } = await startFakeService({ 'GET /usage': USAGE });
  const { out } = await printedBy(() => report({ ...VALUES, ...where, csv: true }, UNINTERRUPTED));
  expect(out).toBe(
    'day,template_id,videos,without_price,usd_no,usd_maybe,usd_yes\r\n' +
      `2026-11-27,"'=HYPERLINK(""http://x"")",2,1,0,0.45,1.5\r\n`,
  );
});

test.each([
  ['=1+1', `"'=1+1"`],
  ['+1', `"'+1"`],
  ['-1+cmd', `"'-1+cmd"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
  ['\t=1', `"'\t=1"`],
  ['\uff1d1', `"'\uff1d1"`],
  ['-1.5', '-1.5'],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', '"a\nb"'],
  ['plain', 'plain'],
])('writes the cell %j', (text, cell) => {
  expect(toCsv([[text]])).toBe(`${cell}\r\n`);
});

test.each([
  [{ from: 'yesterday' }, '--from is "yesterday"; allowed is a day in UTC'],
  [{ csv: true, json: true }, '--csv and --json are two forms'],
])('rejects %j', async (given, message) => {
  const { where, calls } = await startFakeService({});
  const { error } = await printedBy(() => report({ ...VALUES, ...where, ...given }, UNINTERRUPTED));
  expect(error?.message).toContain(message);
  expect(calls).toEqual([]);
});
