/** Says of each command that reaches the device whether it was allowed: from the recording on disk and the device itself. */
import type {Frame} from '../../../src/domain/frame.ts';
import type {Subject} from '../../../src/domain/guard.ts';
import {everything} from '../../../src/domain/source.ts';
import type {EmbeddedDevice} from '../../../src/embedded/device.ts';
import {readCommand} from '../../../src/embedded/shell-words.ts';
import {sources} from '../../../src/sources/index.ts';
import {remoteCommand} from '../../../src/transport/command.ts';

/** What the test itself knows, whatever the gate thinks. */
export type Truth = {
	readonly lookOnly: boolean;
	/** The device's name by which consents are bound, at this moment. */
	readonly device: () => string;
	/** What was given to `confirm` last. */
	readonly answer: () => string;
	/** What `confirm` has to be given for this subject: `y`, or a name. */
	readonly word: (action: string, subject: Subject) => string;
	/** The state of a subject's unit when the dialog was filled. */
	readonly shown: () => string;
	readonly state: (subject: Subject) => string;
	/** Something on the device forbids it. */
	readonly blocked: (action: string, subject: Subject) => boolean;
};

const scripts = new Set(
	Object.values(sources).flatMap(source => {
		const argv = source.argv({scope: everything, unit: 'x.service', anchor: {cursor: 'c', boot: 'b'}});
		return argv[0] === 'sh' ? [argv[2]] : source.mode === 'poll' ? [argv[0]] : [];
	}),
);

/** Words that only read: those of the sources' table, and no others. */
export function onlyReads(command: string): boolean {
	const call = readCommand(command);
	if (call === null || call.kind === 'plain') return false;
	if (call.kind === 'poll') return scripts.has(call.script);
	const [program, flag, script] = call.argv;
	if (program === 'sh') return flag === '-c' && scripts.has(script);
	if (program === 'systemctl') return flag === 'show';
	if (program === 'dmesg') return true;
	return (
		program === 'journalctl' &&
		!call.argv.some(word => /^--(?:vacuum|rotate|flush|sync|relinquish|setup|update)/.test(word))
	);
}

/** Why a command must not have come; empty where it may. `synced` are the frames on the disk at this moment. */
export function wrongWith(command: string, synced: readonly Frame[], truth: Truth, _device: EmbeddedDevice): string {
	if (onlyReads(command)) return '';
	const call = readCommand(command);
	// A shell has a wrapper of its own.
	const isShell = call?.kind === 'poll' && command === remoteCommand('terminal', call.argv, call.token);
	const words = JSON.stringify(call === null || (call.kind === 'poll' && !isShell) ? [] : call.argv);
	if (truth.lookOnly) return 'the session only looks';
	const ran = synced.findLast(frame => frame.t === 'ran');
	if (ran?.t !== 'ran' || JSON.stringify(ran.argv) !== words) return `no synced ran frame with ${words}`;
	if (synced.filter(frame => frame.t === 'ran' && frame.id === ran.id && frame.step === ran.step).length !== 1)
		return 'sent twice by one grant';
	const at = synced.findLastIndex(frame => frame.t === 'granted' && frame.id === ran.id);
	const granted = synced[at];
	if (granted?.t !== 'granted') return 'no grant on the disk';
	if (!granted.steps.some(step => JSON.stringify(step) === words)) return 'the grant is for other words';
	const before = synced.slice(0, at);
	if (!before.some(frame => frame.t === 'ask' && frame.id === granted.id && frame.action === granted.action))
		return 'nobody asked for it';
	const given = before.findLastIndex(frame => frame.t === 'consent' && frame.consent.id === granted.consent);
	const frame = before[given];
	if (frame?.t !== 'consent') return 'no consent on the disk';
	const {consent} = frame;
	if (before.slice(given).some(({t}) => t === 'disarm')) return 'it was disarmed since';
	if (granted.ms >= consent.untilMs) return 'the consent had ended';
	if (consent.actions !== 'any' && !consent.actions.includes(granted.action))
		return 'the consent is for another action';
	if (consent.units !== 'any' && granted.subject.kind === 'unit' && !consent.units.includes(granted.subject.unit))
		return 'the consent is for another unit';
	if (consent.units !== 'any' && granted.action === 'shell.open') return 'the consent is for some units only';
	if (consent.device !== truth.device()) return 'the consent is for another device';
	if (truth.answer() !== truth.word(granted.action, granted.subject)) return 'it was not confirmed in the right words';
	if (truth.shown() !== truth.state(granted.subject)) return 'what was shown has changed';
	if (truth.blocked(granted.action, granted.subject)) return 'a check blocks it';
	return '';
}
