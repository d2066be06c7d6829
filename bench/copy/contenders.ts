import { spawnSync } from 'node:child_process';
import type { CheckedJob } from '../../lambdas/core/job/job.ts';

/** A copy of a file from a link into an object. */
export interface Copy {
  readonly link: string;
  readonly bucket: string;
  readonly key: string;
  readonly endpoint: string;
  /** The function's bundle, and a job whose task has that link and key. */
  readonly entry: string;
  readonly job: CheckedJob;
}

/** The search path of the programs. */
export const PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

export interface Contender {
  readonly name: string;
  readonly command: (copy: Copy) => readonly string[];
  readonly input?: (copy: Copy) => string;
  readonly env?: (copy: Copy) => Readonly<Record<string, string>>;
  /** Programs that may not be installed. */
  readonly programs?: readonly string[];
}

export const COPY_VIDEO: Contender = {
  name: 'Copy video, as bundled',
  command: () => [process.execPath, 'bench/copy/function.ts'],
  input: ({ entry, job }) => JSON.stringify({ entry, event: job }),
};

export const CONTENDERS: readonly Contender[] = [
  COPY_VIDEO,
  {
    name: 'whole in memory, then one put',
    command: ({ link, bucket, key }) => [process.execPath, 'bench/copy/whole.ts', link, bucket, key],
  },
  {
    name: 'curl | aws s3 cp -',
    command: ({ link, bucket, key, endpoint }) => [
      'bash',
      '-c',
      'set -o pipefail; curl -sSf "$0" | aws s3 cp - "s3://$1/$2" --endpoint-url "$3"',
      link,
      bucket,
      key,
      endpoint,
    ],
    programs: ['curl', 'aws'],
  },
  {
    name: 'rclone copyurl',
    command: ({ link, bucket, key }) => ['rclone', 'copyurl', link, `store:${bucket}/${key}`],
    env: ({ endpoint }) => ({
      RCLONE_CONFIG_STORE_TYPE: 's3',
      RCLONE_CONFIG_STORE_PROVIDER: 'Other',
      RCLONE_CONFIG_STORE_ENV_AUTH: 'true',
      RCLONE_CONFIG_STORE_ENDPOINT: endpoint,
      RCLONE_CONFIG_STORE_FORCE_PATH_STYLE: 'true',
      RCLONE_S3_NO_CHECK_BUCKET: 'true',
    }),
    programs: ['rclone'],
  },
];

export function isInstalled({ programs = [] }: Contender): boolean {
  return programs.every((program) => spawnSync(program, ['--version'], { env: { PATH } }).status === 0);
}
