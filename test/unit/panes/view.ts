/** What a pane's tests are shown through. */
import {noLook, type ViewContext} from '../../../src/domain/pane.ts';
import {utc} from '../../../src/domain/time.ts';

/** A live view in UTC. */
export const viewAt = (now: number, columns: number): ViewContext => ({
	now,
	columns,
	zone: utc,
	look: noLook,
	stale: false,
});
