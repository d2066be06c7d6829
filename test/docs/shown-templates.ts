import type { TemplateRequest } from '../../lambdas/core/minimax/template-request.ts';
import { readPage, toPage } from './markdown.ts';

/** What docs/templates.md shows of a template. */
export interface ShownTemplate {
  readonly body: TemplateRequest;
  /** A line for a shell. */
  readonly command: string;
  /** null where the page says that it is unknown. */
  readonly usd: number | null;
}

/** The templates of a host, in the order of the page. */
export function shownTemplates(host: string): readonly ShownTemplate[] {
  const { text } = readPage('docs/templates.md');
  const part = text
    .split(/^## /m)
    .find((each) => each.startsWith(`Templates of ${new URL(host).hostname}\n`));
  return (part ?? '')
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const { blocks } = toPage('docs/templates.md', section);
      const blockOf = (language: string): string =>
        blocks.find((block) => block.language === language)?.text ?? '';
      const [, dollars] = /^- price: \$(\d+\.\d\d), /m.exec(section) ?? [];
      return {
        body: JSON.parse(blockOf('json')),
        command: blockOf('sh'),
        usd: dollars === undefined ? null : Number(dollars),
      };
    });
}
