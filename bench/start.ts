import { join } from 'node:path';
import { medianOf, millisecondsOf, ratio, runNode, seconds, type Table } from './measure.ts';

const TIMES = 3;

/** The duration of `npm start` on the simulator, and of its parts in processes of their own. */
export async function measureStart(folder: string): Promise<Table> {
  const out = join(folder, 'out');
  const whole = await medianOf(TIMES, () =>
    millisecondsOf(() => runNode(['cli/template-video.ts', 'make', '--here', '--out', out])),
  );
  const parts = JSON.parse(await runNode(['bench/start-parts.ts', join(folder, 'parts')])) as Readonly<
    Record<string, number>
  >;
  const synth = await medianOf(TIMES, () =>
    millisecondsOf(() => runNode(['infra/app.ts'], { CDK_OUTDIR: join(folder, 'synth') })),
  );
  const row = (what: string, milliseconds: number) => ({
    what,
    time: seconds(milliseconds),
    'of npm start': ratio(milliseconds, whole),
  });
  return {
    title: `npm start on the simulator (median of ${TIMES}; each part once, in another process)`,
    rows: [
      row('npm start', whole),
      ...Object.entries(parts).map(([what, milliseconds]) => row(`  ${what}`, milliseconds)),
      row('for comparison: cdk synth with all checks', synth),
    ],
  };
}
