import { describe } from 'vitest';
import { isMotoInstalled, startMotoTable } from '../../harness/second-emulator.ts';
import { sharedTable } from '../../harness/shared-table.ts';
import { testLeases } from '../completion/lease-scenarios.ts';
import { testDailyLimit } from '../video/daily-limit-scenarios.ts';
import { testTaskOwners } from './task-owner-scenarios.ts';
import { testVideoIndex } from './video-index-scenarios.ts';
import { testVideoPages } from './video-page-scenarios.ts';

/** The conditions and queries do not depend on the quirks of dynalite. */
describe.skipIf(!isMotoInstalled)('in moto', () => {
  const running = sharedTable(startMotoTable);
  testVideoIndex(running);
  testVideoPages(running);
  testLeases(running);
  testTaskOwners(running);
  testDailyLimit(running);
});
