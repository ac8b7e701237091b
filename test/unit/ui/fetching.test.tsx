import {afterEach, expect, test} from 'vitest';
import {due} from '../../../src/session/beat.ts';
import {offersOf} from '../../../src/ui/palette.tsx';
import {type Mounted, mount, recorded} from '../../support/mount.tsx';

const ENTER = '\r';
const {store} = recorded('engine-killed-twice');
const before = store.getState();
const live = {...before, link: {kind: 'live', since: before.now} as const};

let app: Mounted | null = null;
afterEach(() => {
	app?.unmount();
	app = null;
	store.setState(before, true);
});

test.each([
	['scope', '-u chronyd --priority err', {units: ['chronyd.service'], identifiers: [], priority: 'err'}],
	['scope', '', {units: [], identifiers: [], priority: null}],
	['metered', null, {metered: true}],
	['fetch nothing', null, {held: true}],
])('the palette changes what is fetched: %s %s', async (command, text, change) => {
	store.setState(live);
	app = await mount(store, 140, 40);
	await app.type(`:${command}`, ENTER, ...(text === null ? [] : [text, ENTER]));
	expect(app.calls).toEqual([`fetch ${JSON.stringify(change)}`]);
});

test('what is no scope is said, and nothing is fetched otherwise', async () => {
	store.setState(live);
	app = await mount(store, 140, 40);
	await app.type(':scope', ENTER, '-u', ENTER);
	expect(app.calls).toEqual([]);
	expect(app.text()).toContain('-u needs a word behind it');
});

test('the scope that is there is what one begins to type with; a held session says so, and is not called stalled', async () => {
	store.setState({
		...live,
		held: true,
		now: before.now + 600_000,
		scope: {...before.scope, units: ['chronyd.service'], metered: true},
	});
	app = await mount(store, 200, 40);
	expect(app.text()).toContain('● live');
	expect(app.text()).toContain('fetching nothing, only -u chronyd, metered');
	await app.type(':scope', ENTER);
	expect(app.text()).toContain('fetch only: -u chronyd');
});

test('a replay fetches nothing', () => {
	const replay = {playing: false, speed: 1, ms: 0, lengthMs: 1000, reading: null, following: null};
	const offers = offersOf({...before, replay});
	for (const title of ['Scope', 'Metered', 'Fetch nothing'])
		expect(offers.find(offer => offer.title.startsWith(title))?.refused, title).toMatch(/replay/);
});

test('on a metered link the device is asked a fifth as often, and not at once for every line about a unit', () => {
	const asked = (metered: boolean) =>
		Array.from({length: 300}, (_, second) => due(second, {hinted: false, pulling: true, metered})).flatMap(
			({sampler, engine}) => [...sampler, ...engine],
		);
	const times = (metered: boolean, section: string) => asked(metered).filter(one => one === section).length;
	for (const section of ['units', 'vitals', 'failed', 'engine', 'disk'])
		expect(times(false, section), section).toBe(5 * times(true, section));
	expect(times(true, 'pulls')).toBe(30);
	expect(due(1, {hinted: true, pulling: false, metered: true})).toEqual({sampler: ['units'], engine: []});
});
