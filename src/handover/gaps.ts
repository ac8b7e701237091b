/** What is missing, in sentences; "None." where nothing is. */
import {count, grouped} from '../domain/text.ts';
import type {Gaps, Loss, Note} from './note.ts';
import {lasting, lines, range, utcOf} from './words.ts';

function lossLine({lostAt, heardAt, backAt, why, attempts, rebooted, recovered, lost, doubt}: Loss): string {
	const silent = heardAt !== null && lostAt - heardAt > 3000 ? ` (last heard at ${utcOf(heardAt)})` : '';
	const when =
		backAt === null
			? `Link lost at ${utcOf(lostAt)}${silent}, not back before the end`
			: `Link lost ${range(lostAt, backAt)} UTC, ${lasting(backAt - lostAt)}${silent}`;
	const tries = attempts > 1 ? `, ${count(attempts, 'attempt')}` : '';
	const restart = rebooted ? '; the device was restarted meanwhile' : '';
	const found =
		backAt === null ? '' : ` ${recovered === 0 ? 'No line' : lines(recovered)} of that time came afterwards.`;
	const proof =
		lost !== null
			? lost === 0
				? ' None of that time is missing, by the numbers of the lines.'
				: ` ${lines(lost)} ${lost === 1 ? 'is' : 'are'} missing, by the numbers of the lines.`
			: ` Whether lines are missing cannot be proven: ${doubt}.`;
	return `${when}${tries}${restart}: ${why.replace(/\.$/, '') || 'no reason was given'}.${found}${proof}`;
}

/** Completeness of the journal as a whole; empty where it is complete and nothing else needs a word. */
function journalLine({lost, doubt, losses}: Gaps): readonly string[] {
	const unsure = doubt !== '' && losses.every(loss => loss.doubt !== doubt);
	return [
		...(lost !== null && lost > 0
			? [
					`${doubt === '' ? '' : 'At least '}${lines(lost)} of the journal ${lost === 1 ? 'is' : 'are'} missing in all, by the numbers of the lines.`,
				]
			: []),
		...(unsure ? [`That no journal line is missing cannot be proven: ${doubt}.`] : []),
	];
}

/** All gaps, a sentence or two each. */
export function gapLines({gaps, situation, device, background, file}: Note): readonly string[] {
	const found = [
		...gaps.losses.map(lossLine),
		...gaps.pauses.map(
			({fromAt, toAt, reason}) =>
				`The recording was paused ${
					toAt === null
						? `at ${utcOf(fromAt)} and not resumed`
						: `${range(fromAt, toAt)} UTC, ${lasting(toAt - fromAt)}`
				}: ${reason || 'no reason was given'}. What the device said then is not in it.`,
		),
		...(situation.read < situation.of
			? [`Only ${situation.read} of ${situation.of} answers that a judgement needs came.`]
			: []),
		...journalLine(gaps),
		...(gaps.suppressed > 0
			? [
					`${lines(gaps.suppressed)} were dropped by the device's journal service itself, as it says: a unit wrote too much.`,
				]
			: []),
		...gaps.unread.map(({what, count: number}) =>
			number === 1
				? `One answer about ${what} could not be read.`
				: `${grouped(number)} answers about ${what} could not be read.`,
		),
		...gaps.told,
		...(device !== null && !device.root
			? ['The login was not root: downloads and parts of the journal may not have been readable.']
			: []),
		...gaps.redacted.map(
			({rule, count: number}) =>
				`Cut out as a secret by the rule ${rule}: ${number === 1 ? 'once' : `${grouped(number)} times`}.`,
		),
		...(gaps.evicted > 0
			? [`${lines(gaps.evicted)} were let go by the screen, which holds a limited number; the recording has them.`]
			: []),
		...gaps.unknown.map(
			({kind, count: number}) => `${count(number, 'frame')} of a kind that this version does not know: ${kind}.`,
		),
		...gaps.problems,
		...(gaps.torn && file.frames > 0
			? [`The recording has no end: devtop was killed or goes on. Its last frame is of ${utcOf(background.toAt)}.`]
			: []),
	];
	if (found.length > 0) return found;
	return background.lines > 0 && gaps.lost === 0
		? ['No hole in what was fetched: the numbers of the journal lines follow each other, and the link held.']
		: ['None.'];
}

/** So much later than the boot the first line held may be, and nothing is missing. */
const FIRST_MS = 60_000;

/** Where the recording ends though nothing went wrong: what it does not hold, and for how long nobody watched. */
export function limitLines({background, device, looked, seen, storyLeft}: Note): readonly string[] {
	const {oldestAt, bootAt} = background;
	const late = oldestAt !== null && bootAt !== null && oldestAt - bootAt > FIRST_MS;
	const but =
		looked !== null && oldestAt !== null && oldestAt - looked.fromAt >= 1000
			? `, but for what was read of PID 1, the kernel and the supervisor (from ${utcOf(looked.fromAt)} on)`
			: '';
	const ages = seen.filter(({weight, measured}) => weight === 'error' && !measured);
	const last = ages.reduce<(typeof ages)[number] | null>((a, b) => (a === null || b.lastAt > a.lastAt ? b : a), null);
	const unknown = [
		...(device === null
			? ['everything of the device']
			: [
					...(device.vpn === null ? ['the VPN to the cloud'] : []),
					...(device.disk === null ? ['the disk'] : []),
					...(device.memory === null ? ['the memory'] : []),
					...(device.engineSays === null ? [] : ['the containers']),
					...(device.clockOffsetMs === null ? ['the clock'] : []),
				]),
		'who recorded it',
	];
	return [
		...(late
			? [
					`What the device said before ${utcOf(oldestAt)} in this boot, which began at about ${utcOf(bootAt)} by its uptime, is not in this recording${but}.`,
				]
			: []),
		...(last === null
			? []
			: [
					`After the last error line (${last.name}, ${utcOf(last.lastAt)}) the device was watched for ${lasting(last.ageMs)}${background.whole ? '' : ', of its journal only a part'}: whether it comes again is not known.`,
				]),
		...(storyLeft > 0
			? [`${count(storyLeft, 'event')} of the story ${storyLeft === 1 ? 'is' : 'are'} left out of it.`]
			: []),
		`Not known: ${unknown.join(', ')}.`,
	];
}
