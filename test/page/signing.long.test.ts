// The suites of the page, before a service that takes signed requests only. `sites.ts` chooses the way.
import './hostile.test.ts';
import './list.test.ts';
import './make.test.ts';
import './watch.test.ts';
