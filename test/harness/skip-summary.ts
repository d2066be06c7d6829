import { relative } from 'node:path';
import type { Reporter } from 'vitest/node';

/** What the skipped tests of a file need and did not find. */
const NEEDS: Readonly<Record<string, string>> = {
  'test/api/curl.test.ts': 'curl',
  'test/copy/copy.test.ts': 'nginx',
  'test/copy/memory.long.test.ts': 'Linux',
  'test/io/http/far/far-hosts.long.test.ts': 'root, /dev/net/tun, Python and iproute2',
  'test/cli/completion/completion.test.ts': 'zsh',
  'test/client/bundle.test.ts': 'a Node of the machine beside that of this project',
  'test/client/chromium.test.ts': 'chromium',
  'test/local/access/chromium.long.test.ts': 'chromium',
  'test/local/access/pages.long.test.ts': 'chromium',
  'test/io/table/second-emulator.test.ts': 'moto_server',
  'test/page/memory.long.test.ts': 'chromium',
  'test/page/access.test.ts': 'chromium',
  'test/page/hostile.test.ts': 'chromium',
  'test/page/list.test.ts': 'chromium',
  'test/page/make.test.ts': 'chromium',
  'test/page/watch.test.ts': 'chromium',
  'test/page/signing.long.test.ts': 'chromium',
  'test/player/player.long.test.ts': 'ffmpeg',
};

/** Says in one line at the end of a run how many tests this machine could not run. */
export const skipSummary: Reporter = {
  onTestRunEnd(modules) {
    const counts = new Map<string, number>();
    for (const { moduleId, children } of modules) {
      const need = NEEDS[relative(process.cwd(), moduleId).replaceAll('\\', '/')];
      const skipped = [...children.allTests('skipped')].length;
      if (need !== undefined && skipped > 0) counts.set(need, (counts.get(need) ?? 0) + skipped);
    }
    const parts = [...counts].map(([need, count]) => `${count} tests need ${need}`);
    if (parts.length > 0) console.log(`skipped: ${parts.join(', ')}`);
  },
};
