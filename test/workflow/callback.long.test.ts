import { ROWS } from './callback-rows.ts';
import { useCallbackServices } from './callback-service.ts';
import { testRows } from './callback-tests.ts';

useCallbackServices();

testRows(ROWS.filter(({ isLong = false }) => isLong));
