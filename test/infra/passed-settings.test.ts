import { expect, test } from 'vitest';
import type { Settings } from '../../infra/settings.ts';
import { FUNCTION_ENVIRONMENT, OPTIONAL_ENVIRONMENT } from '../../lambdas/core/environment.ts';
import { appWith, templateOf } from '../harness/synthesized.ts';

/** A value for a setting, the environment variable that passes it to functions, and the text there. */
type Passed = readonly [value: unknown, variable: string, text: string];

const SETTINGS: Readonly<Record<keyof Settings, Passed | 'has no variable'>> = {
  minimaxHost: ['https://api.minimax.cn/', 'MINIMAX_API_HOST', 'https://api.minimax.cn'],
  apiKeySecret: ['team/minimax', 'MINIMAX_KEY_SECRET', 'team/minimax'],
  firstWaitSeconds: [31, 'FIRST_WAIT_SECONDS', '31'],
  pollSeconds: [11, 'POLL_SECONDS', '11'],
  giveUpAfterHours: [8, 'GIVE_UP_AFTER_SECONDS', '28800'],
  maxVideoMegabytes: [7, 'MAX_VIDEO_MEGABYTES', '7'],
  auth: 'has no variable',
  requestsPerSecond: 'has no variable',
  burstRequests: 'has no variable',
  postsPerDay: [9, 'POSTS_PER_DAY', '9'],
  trustedDownloadOrigins: [
    'http://127.0.0.1:1, https://cdn.example/',
    'TRUSTED_DOWNLOAD_ORIGINS',
    'http://127.0.0.1:1,https://cdn.example',
  ],
  monitoring: 'has no variable',
  callbacks: 'has no variable',
  listedMetadata: ['order, shop', 'LISTED_METADATA', 'order,shop'],
  namespace: ['shop', 'NAMESPACE', 'shop'],
  visibility: ['everyone', 'VISIBILITY', 'everyone'],
  alarmEmail: 'has no variable',
  corsOrigins: [
    'https://app.example, http://127.0.0.1:5173/',
    'CORS_ORIGINS',
    'https://app.example,http://127.0.0.1:5173',
  ],
  retentionDays: ['30', 'RETENTION_DAYS', '30'],
};

test('passes each setting to every function that reads its variable', () => {
  const passed = Object.entries(SETTINGS).flatMap(([name, row]) =>
    row === 'has no variable' ? [] : [{ name, value: row[0], variable: row[1], text: row[2] }],
  );
  const context = Object.fromEntries(passed.map(({ name, value }) => [name, value]));
  const template = templateOf(appWith({ context: { ...context, auth: 'key' } }));
  const environments = Object.values(template.findResources('AWS::Lambda::Function')).map(
    ({ Properties }) => Properties.Environment.Variables as Readonly<Record<string, unknown>>,
  );
  for (const { variable, text } of passed) {
    const values = environments.flatMap((environment) => environment[variable] ?? []);
    const all = [...Object.values(FUNCTION_ENVIRONMENT), ...Object.values(OPTIONAL_ENVIRONMENT)];
    const readers = all.filter((names: readonly string[]) => names.includes(variable));
    expect(values, variable).toEqual(readers.map(() => text));
  }
});

test('gives no function a variable of a setting that is off', () => {
  const text = JSON.stringify(templateOf(appWith()).toJSON());
  for (const variable of Object.values(OPTIONAL_ENVIRONMENT).flat()) expect(text).not.toContain(variable);
});
