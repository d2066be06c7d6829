import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Workflow } from '../../../client/index.ts';
import { toShownWorkflow } from '../../../lambdas/core/history/workflow.ts';
import type { Arrow } from '../../../page/watch/graph-arrows.ts';
import { BOX, type Box } from '../../../page/watch/graph-boxes.ts';
import { edgesOf, type Layout, layOut } from '../../../page/watch/graph-layout.ts';
import { appWith, definitionOf, resolvedTemplateOf } from '../../harness/synthesized.ts';

function synthesized(callbacks: boolean): Workflow {
  const app = appWith({ context: { callbacks } });
  return toShownWorkflow(JSON.stringify(definitionOf(resolvedTemplateOf(app))));
}

type Point = readonly [x: number, y: number];

/** Points along a path of M, L, Q and C, close to each other. */
function pointsOf({ path }: Arrow): readonly Point[] {
  const points: Point[] = [];
  for (const [, command = '', given = ''] of path.matchAll(/([MLQC])([^MLQC]*)/g)) {
    const numbers = given.trim().split(/\s+/).map(Number);
    const pairs = numbers.flatMap((x, index) =>
      index % 2 === 0 ? [[x, numbers[index + 1] ?? Number.NaN] as Point] : [],
    );
    const from = points.at(-1) ?? pairs[0] ?? [0, 0];
    const all = command === 'M' ? pairs : [from, ...pairs];
    for (let step = 1; step <= 50; step += 1) points.push(bezier(all, step / 50));
  }
  return points;
}

/** De Casteljau's point of a curve of any degree. */
function bezier(points: readonly Point[], part: number): Point {
  const [first = [0, 0]] = points;
  if (points.length === 1) return first;
  const next = points.slice(1).map(([x, y], index): Point => {
    const [x0, y0] = points[index] ?? [0, 0];
    return [x0 + (x - x0) * part, y0 + (y - y0) * part];
  });
  return bezier(next, part);
}

function isInside([x, y]: Point, box: Box): boolean {
  return x > box.x + 1 && x < box.x + BOX.width - 1 && y > box.y + 1 && y < box.y + BOX.height - 1;
}

function overlapping({ boxes }: Layout): readonly string[] {
  return boxes.flatMap((box, index) =>
    boxes
      .slice(index + 1)
      .filter(({ x, y }) => Math.abs(x - box.x) < BOX.width && Math.abs(y - box.y) < BOX.height)
      .map((other) => `${box.name} and ${other.name}`),
  );
}

describe.each([
  ['without callbacks', false],
  ['with callbacks', true],
])('the picture of the workflow %s', (_name, callbacks) => {
  const workflow = synthesized(callbacks);
  const layout = layOut(workflow);
  const boxes = new Map(layout.boxes.map((box) => [box.name, box]));

  test('has each state once, and no two overlap', () => {
    expect(layout.boxes.map(({ name }) => name).sort()).toEqual(Object.keys(workflow.States).sort());
    expect(overlapping(layout)).toEqual([]);
    expect(boxes.get(workflow.StartAt)?.y).toBe(Math.min(...layout.boxes.map(({ y }) => y)));
  });

  test('has each arrow of the definition once', () => {
    const wanted = Object.entries(workflow.States).flatMap(
      ([from, { Next, Default, Choices = [], Catch = [] }]) =>
        [Next, Default, ...Choices.map((each) => each.Next), ...Catch.map((each) => each.Next)]
          .filter((to) => to !== undefined)
          .map((to) => `${from}>${to}`),
    );
    expect(wanted.length).toBeGreaterThan(15);
    expect(layout.arrows.map(({ from, to }) => `${from}>${to}`).sort()).toEqual([...new Set(wanted)].sort());
  });

  test('has arrows that leave the lower edge of a box and end at the upper edge of one', () => {
    for (const arrow of layout.arrows) {
      const [from, to] = [boxes.get(arrow.from), boxes.get(arrow.to)];
      const points = pointsOf(arrow);
      const [[x1, y1] = [0, 0], [x2, y2] = [0, 0]] = [points[0], points.at(-1)];
      expect([arrow.from, y1]).toEqual([arrow.from, (from?.y ?? 0) + BOX.height]);
      expect([arrow.to, y2]).toEqual([arrow.to, to?.y]);
      for (const [x, box] of [
        [x1, from],
        [x2, to],
      ] as const) {
        expect(x).toBeGreaterThan(box?.x ?? Number.NaN);
        expect(x).toBeLessThan((box?.x ?? Number.NaN) + BOX.width);
      }
    }
  });

  test('has no arrow through a box, and nothing outside of the picture', () => {
    for (const arrow of layout.arrows)
      for (const point of pointsOf(arrow)) {
        const crossed = layout.boxes.filter((box) => isInside(point, box)).map(({ name }) => name);
        expect([arrow.from, arrow.to, crossed]).toEqual([arrow.from, arrow.to, []]);
        const [x, y] = point;
        const isShown = x >= 0 && x <= layout.width && y >= 0 && y <= layout.height;
        expect([arrow.from, arrow.to, point, isShown]).toEqual([arrow.from, arrow.to, point, true]);
      }
  });
});

describe('the picture of a definition that this project does not have', () => {
  const NAMES = ['A', 'B', 'C', 'D', 'E', 'constructor'];
  const name = fc.constantFrom(...NAMES, 'unknown');
  const state = fc.record(
    {
      Type: fc.constant('Task'),
      Next: name,
      Default: name,
      Choices: fc.array(fc.record({ Next: name }), { maxLength: 3 }),
      Catch: fc.array(fc.record({ ErrorEquals: fc.constant(['States.ALL']), Next: name }), { maxLength: 2 }),
    },
    { requiredKeys: ['Type'] },
  );
  const workflows = fc.record({
    StartAt: name,
    States: fc
      .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1 })
      .chain((names) =>
        fc
          .tuple(...names.map(() => state))
          .map((states) => Object.fromEntries(names.map((each, index) => [each, states[index]]))),
      ),
  });

  test('has each state once without an overlap, and each arrow between states that exist', () => {
    fc.assert(
      fc.property(workflows, (given) => {
        const workflow = given as unknown as Workflow;
        const layout = layOut(workflow);
        expect(layout.boxes.map((box) => box.name).sort()).toEqual(Object.keys(workflow.States).sort());
        expect(overlapping(layout)).toEqual([]);
        expect(layout.arrows).toHaveLength(edgesOf(workflow.States).length);
        for (const { path } of layout.arrows) expect(path).not.toContain('NaN');
      }),
    );
  });

  test('has the arrows of a cycle that begins at the start, and of a state to itself', () => {
    const { arrows, boxes } = layOut({
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Next: 'A' }, { Next: 'B' }], Default: 'nowhere' },
      },
    } as unknown as Workflow);
    expect(arrows.map(({ from, to }) => `${from}>${to}`)).toEqual(['A>B', 'B>A', 'B>B']);
    expect(boxes.map(({ y }) => y)).toEqual([4, 88]);
  });

  test('has a row for each of two hundred states in a line', () => {
    const States = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`S${index}`, { Type: 'Pass', Next: `S${index + 1}` }]),
    );
    const { boxes, height } = layOut({ StartAt: 'S0', States } as unknown as Workflow);
    expect(new Set(boxes.map(({ y }) => y)).size).toBe(200);
    expect(height).toBeGreaterThan(Math.max(...boxes.map(({ y }) => y)));
  });
});
