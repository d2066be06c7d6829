import { expect, test } from 'vitest';
import { Rejected } from '../../../cli/mcp/answers.ts';
import { requireConfirmed } from '../../../cli/mcp/estimate.ts';
import { toCatalogue } from '../../../lambdas/core/minimax/templates.ts';

test.each(['https://api.minimax.cn', 'https://api.minimax.io'])(
  'takes the dearest known price for a template without one, for %s',
  (host) => {
    const catalogue = toCatalogue(host);
    const dearest = Math.max(
      ...toCatalogue('https://api.minimax.io').templates.map((each) => each.price_usd ?? 0),
    );
    expect(dearest).toBeGreaterThan(0);
    const confirm = (usd: number) => () => requireConfirmed('no such template', usd, catalogue);
    expect(confirm(0)).toThrow(Rejected);
    expect(confirm(dearest - 0.01)).toThrow(Rejected);
    expect(confirm(dearest)).not.toThrow();
  },
);
