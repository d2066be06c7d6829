export interface Edge {
  readonly from: string;
  readonly to: string;
  /** An error leads along it. */
  readonly isCatch: boolean;
}

export interface Box {
  readonly name: string;
  readonly type: string;
  /** The left upper corner. */
  readonly x: number;
  readonly y: number;
}

export const BOX = { width: 150, height: 40 } as const;
export const GAP = { x: 30, y: 44 } as const;
export const ROW = BOX.height + GAP.y;
/** Beside the boxes, for the arrows that go around them. */
export const MARGIN = 40;
