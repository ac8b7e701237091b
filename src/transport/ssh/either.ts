/** More than one road to the same device: the first that leads there, and another when it does no more. */
import {type Failure, failure, isFailure, isFinal, overTransport, type Road} from '../../domain/channel.ts';

/** Something else may answer in place of the device: no other road is tried then, so that nobody looks past it. */
const ALARMS = new Set(['host-key-changed', 'host-key-revoked', 'not-a-device']);

/**
 * Roads in the order of preference. The one that led there last is tried first, so that a reconnect does not go by a road
 * that was just found shut.
 */
export function eitherRoad(roads: readonly [Road, ...Road[]]): Road {
	const [first] = roads;
	const barred = new Map<Road, Failure>();
	let last: Road = first;
	return {
		name: first.name,
		target: first.target,
		connect: async (cancel, onStep) => {
			const order = [last, ...roads.filter(road => road !== last)];
			const open = order.filter(road => !barred.has(road));
			const tried: {readonly road: Road; readonly failed: Failure}[] = [];
			for (const road of open) {
				const connected = await road.connect(cancel, onStep);
				if (!isFailure(connected)) {
					last = road;
					const fallen = tried.map(({road: other, failed}) => `Not by the ${other.name}: ${failed.message}`);
					const {way} = connected;
					return way === undefined || fallen.length === 0
						? connected
						: overTransport(connected, {way: {...way, caution: [...fallen, way.caution].filter(Boolean).join(' ')}});
				}
				if (cancel.aborted || ALARMS.has(connected.code)) return connected;
				// What does not get better by itself: such a road is left out until no other one is left.
				if (isFinal(connected)) barred.set(road, connected);
				tried.push({road, failed: connected});
			}
			const all = [
				...tried,
				...order.flatMap(road => {
					const failed = barred.get(road);
					return failed === undefined || open.includes(road) ? [] : [{road, failed}];
				}),
			];
			// As long as one may get better by itself it is tried again; where none may, the operator is asked, and then all are.
			const passing = tried.find(({road}) => !barred.has(road));
			if (passing === undefined) barred.clear();
			const {code} = (passing ?? all[0])?.failed ?? failure('unreachable', '');
			return failure(code, all.map(({road, failed}) => `By the ${road.name}: ${failed.message}`).join(' '));
		},
	};
}
