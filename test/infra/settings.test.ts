import { RootConstruct } from 'constructs';
import { expect, test } from 'vitest';
import { InvalidSetting, readSettings, toSettings } from '../../infra/settings.ts';

function settingsWith(context: Readonly<Record<string, unknown>>) {
  // An App would make a folder of its own each time.
  const { node } = new RootConstruct();
  for (const [key, value] of Object.entries(context)) node.setContext(key, value);
  return readSettings(node);
}

test('has a default for everything', () => {
  expect(settingsWith({})).toEqual({
    minimaxHost: 'https://api.minimax.io',
    apiKeySecret: 'minimax/api-key',
    firstWaitSeconds: 30,
    pollSeconds: 10,
    giveUpAfterHours: 9,
    maxVideoMegabytes: 2048,
    auth: 'iam',
    requestsPerSecond: 5,
    burstRequests: 10,
    postsPerDay: 500,
    trustedDownloadOrigins: [],
    monitoring: 'on',
    callbacks: false,
    listedMetadata: [],
    namespace: undefined,
    visibility: 'owner',
    alarmEmail: undefined,
    corsOrigins: [],
    retentionDays: undefined,
  });
});

test.each([
  ['minimaxHost', 'https://api.minimaxi.com', 'https://api.minimaxi.com'],
  ['minimaxHost', 'https://api.minimax.cn/', 'https://api.minimax.cn'],
  ['minimaxHost', 'http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['minimaxHost', 'http://localhost:8080', 'http://localhost:8080'],
  ['apiKeySecret', 'team/minimax+key', 'team/minimax+key'],
  ['firstWaitSeconds', '45', 45],
  ['pollSeconds', 1, 1],
  ['giveUpAfterHours', '24', 24],
  ['auth', 'key', 'key'],
  ['postsPerDay', '1000', 1000],
  [
    'trustedDownloadOrigins',
    'http://127.0.0.1:1, https://cdn.example/',
    ['http://127.0.0.1:1', 'https://cdn.example'],
  ],
  ['trustedDownloadOrigins', ['https://cdn.example/'], ['https://cdn.example']],
  ['monitoring', 'off', 'off'],
  ['alarmEmail', 'operator@example.com', 'operator@example.com'],
  ['callbacks', 'true', true],
  ['callbacks', true, true],
  ['callbacks', 'false', false],
  ['callbacks', null, false],
  ['listedMetadata', 'order, shop,campaign.2026', ['order', 'shop', 'campaign.2026']],
  ['listedMetadata', ['order'], ['order']],
  ['listedMetadata', 'k'.repeat(64), ['k'.repeat(64)]],
  ['listedMetadata', '', []],
  ['namespace', 'acme/eu-west-1:videos_2.0', 'acme/eu-west-1:videos_2.0'],
  ['namespace', 'n'.repeat(128), 'n'.repeat(128)],
  ['visibility', 'everyone', 'everyone'],
  ['corsOrigins', '', []],
  [
    'corsOrigins',
    'https://app.example.com, http://127.0.0.1:5173/',
    ['https://app.example.com', 'http://127.0.0.1:5173'],
  ],
  [
    'corsOrigins',
    ['http://[::1]:8080', 'HTTPS://App.Example.com:443'],
    ['http://[::1]:8080', 'https://app.example.com'],
  ],
  ['retentionDays', '30', 30],
])('takes %s=%j', (key, value, expected) => {
  expect(settingsWith({ [key]: value })).toHaveProperty(key, expected);
});

test('rejects an unknown setting, and lists the known ones', () => {
  expect(() => settingsWith({ minimaxhost: 'https://api.minimaxi.com', '@aws-cdk/core:x': true })).toThrow(
    'Setting minimaxhost is not known; known are minimaxHost, apiKeySecret,',
  );
});

test('rejects the old name of a setting, and gives the new one', () => {
  expect(() => settingsWith({ doorbell: 'true' })).toThrow('Setting doorbell is called callbacks now.');
  expect(() => toSettings({ doorbell: true })).toThrow(InvalidSetting);
});

test('names the first of several wrong settings', () => {
  expect(() => settingsWith({ pollSeconds: 0, minimaxHost: 'x' })).toThrow('Setting minimaxHost is "x"');
});

test.each([
  ['minimaxHost', 'api.minimax.io', 'an https origin'],
  ['minimaxHost', 'http://api.minimax.io', 'http only for loopback'],
  ['minimaxHost', 'http://127.0.0.1.evil.example', 'http only for loopback'],
  ['minimaxHost', 'https://api.minimax.io/v1', 'without a path'],
  ['minimaxHost', 'https://user:pw@api.minimax.io', 'without a path'],
  ['minimaxHost', 5, 'an https origin'],
  ['apiKeySecret', '', 'the name of a Secrets Manager secret'],
  ['apiKeySecret', 'has space', 'the name of a Secrets Manager secret'],
  ['firstWaitSeconds', '0', 'a whole number from 1 to 3600'],
  ['maxVideoMegabytes', 0, 'a whole number from 1 to 20000'],
  [
    'maxVideoMegabytes',
    '20001',
    'a whole number from 1 to 20000 (to read a larger file again for its SHA-256 takes longer than the 15 minutes of a function)',
  ],
  ['pollSeconds', 'ten', 'a whole number from 1 to 3600'],
  ['pollSeconds', '1.5', 'a whole number from 1 to 3600'],
  ['pollSeconds', '', 'a whole number from 1 to 3600'],
  ['pollSeconds', true, 'a whole number from 1 to 3600'],
  ['giveUpAfterHours', 49, 'a whole number from 1 to 48'],
  ['trustedDownloadOrigins', 'cdn.example', 'origins such as'],
  ['trustedDownloadOrigins', 'https://cdn.example/path', 'origins such as'],
  ['trustedDownloadOrigins', ['cdn.example'], 'origins such as'],
  ['trustedDownloadOrigins', 1, 'origins such as'],
  ['monitoring', false, 'on (metrics, a dashboard and alarms) or off (none of them)'],
  ['monitoring', 'toString', 'on (metrics'],
  ['auth', 'none', 'iam (AWS identities) or key (API keys)'],
  ['callbacks', 'yes', 'true or false'],
  ['alarmEmail', 'operator', 'one email address'],
  ['alarmEmail', 'a@example.com,b@example.com', 'one email address'],
  ['alarmEmail', '', 'one email address'],
  ['listedMetadata', 'a,b,c,d', 'three metadata keys at most'],
  ['listedMetadata', 'order,order', 'three metadata keys at most, each once'],
  ['listedMetadata', 'has space', 'letters, digits and _.-'],
  ['listedMetadata', 'a#b', 'letters, digits and _.-'],
  ['listedMetadata', 'k'.repeat(65), 'of 1 to 64 letters'],
  ['listedMetadata', 1, 'three metadata keys at most'],
  ['namespace', '', '1 to 128 letters, digits and _./:-'],
  ['namespace', 'n'.repeat(129), '1 to 128 letters'],
  ['namespace', 'has space', '1 to 128 letters'],
  ['namespace', 17, '1 to 128 letters'],
  ['corsOrigins', '*', 'exact origins such as'],
  ['corsOrigins', 'https://*.example.com', 'without *'],
  ['corsOrigins', 'https://app.example.com/path', 'without a path'],
  ['corsOrigins', 'https://app.example.com,https://app.example.com/', 'each once'],
  ['corsOrigins', 'https://a"b.example.com', 'exact origins such as'],
  ['corsOrigins', 'https://a$b.example.com', 'exact origins such as'],
  ['corsOrigins', 'null', 'exact origins such as'],
  ['corsOrigins', 'file:///', 'exact origins such as'],
  ['retentionDays', 0, 'a whole number from 1 to 36500'],
  ['retentionDays', 1.5, 'a whole number from 1 to 36500'],
  ['visibility', 'all', 'owner (each caller its own videos) or everyone (all videos)'],
])('rejects %s=%j, and says key, value and what is allowed', (key, value, allowed) => {
  const message = expect.stringMatching(`^Setting ${key} is `);
  expect(() => settingsWith({ [key]: value })).toThrow(expect.objectContaining({ message }));
  expect(() => settingsWith({ [key]: value })).toThrow(`${JSON.stringify(value)}; allowed is`);
  expect(() => settingsWith({ [key]: value })).toThrow(allowed);
});

test('rejects an address for alarms where there are none', () => {
  expect(() => settingsWith({ monitoring: 'off', alarmEmail: 'a@example.com' })).toThrow(
    'Setting alarmEmail is "a@example.com"; allowed is none with monitoring=off',
  );
});
