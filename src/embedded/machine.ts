/** What the device is, and what /proc and /sys say at this moment. */
import type {Clock} from './clock.ts';
import type {Pull} from './pull.ts';

/** The captured device under another name; its board is one that knows under-voltage. */
export const DEVICE = {
	hostname: '8f2c91d',
	uuid: '8f2c91d4b0a74c1f9e5d3a6b7c8091ea',
	machineId: '4d7c1b0e9f3a4b6c8d2e5f7a91b3c6d8',
	bootId: '6a1f0c9e2b7d4e538c46d09b1a7f3e25',
	deviceType: 'raspberrypi4-64',
	kernel: '5.15.92-v8',
	osRelease: [
		'ID="balena-os"',
		'NAME="balenaOS"',
		'PRETTY_NAME="balenaOS 2.113.18"',
		'MACHINE="raspberrypi4-64"',
		'SLUG="raspberrypi4-64"',
		'META_BALENA_VERSION="2.113.18"',
	],
	systemd: 'systemd 252 (252.39-1~deb12u2)',
	supervisor: 'v14.0.8',
	engine: 'Docker version 20.10.24+dfsg1, build 297e128',
} as const;

export interface Machine {
	/** Lines of the section `vitals`. */
	vitals(): string;
	/** The first line of /proc/uptime. */
	uptime(): string;
	/** What it prints where it is asked for its uuid alone. */
	uuid(): string;
	/** What the identity script prints. */
	identity(): string;
	/** `df -kP` and the mount's options. */
	disk(): string;
}

const dashed = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

/** A slow movement between -1 and 1, the same in every run. */
const sway = (seconds: number, period: number): number => Math.sin((seconds / period) * 2 * Math.PI);

export function createMachine(clock: Clock, bootMs: number, pull: Pull, vpnIsUp: () => boolean): Machine {
	const seconds = (): number => (clock.now() - bootMs) / 1000;
	let busyTicks = 0;
	let lastSeconds = seconds();
	/** Share of four cores, from what goes on. */
	const load = (at: number): number => 0.11 + 0.04 * sway(at, 37) + 0.02 * sway(at, 11) + (pull.running() ? 0.3 : 0);
	busyTicks = lastSeconds * 400 * 0.1;
	let average = 0.42;

	const settle = (): void => {
		const now = seconds();
		const passed = Math.max(0, now - lastSeconds);
		busyTicks += passed * 400 * load(now);
		average += (load(now) * 4 - average) * Math.min(1, passed / 60);
		lastSeconds = now;
	};
	const uptime = (): string => {
		settle();
		const now = seconds();
		return `${now.toFixed(2)} ${(now * 4 - busyTicks / 100).toFixed(2)}`;
	};
	return {
		uptime,
		vitals: () => {
			settle();
			const now = seconds();
			const idle = Math.round(now * 400 - busyTicks);
			const user = Math.round(busyTicks * 0.6);
			const free = Math.round(2_241_000 + 18_000 * sway(now, 53));
			const cached = Math.round(812_000 + 9000 * sway(now, 71) + (pull.running() ? 120_000 : 0));
			const celsius = 51_600 + 1400 * sway(now, 90) + (pull.running() ? 5800 : 0);
			// The sensor has steps of 0.487 degrees.
			const milli = Math.round(celsius / 487) * 487;
			const ms = clock.now();
			return [
				`uptime ${uptime()}`,
				`load ${average.toFixed(2)} ${(average * 0.6 + 0.17).toFixed(2)} ${(average * 0.3 + 0.28).toFixed(2)} 2/312 ${3600 + (Math.round(now) % 900)}`,
				`cpu  ${user} 0 ${Math.round(busyTicks * 0.36)} ${idle} ${Math.round(now * 0.21)} 0 ${Math.round(busyTicks * 0.04)} 0 0 0`,
				'MemTotal: 3884376',
				`MemFree: ${free - (pull.running() ? 140_000 : 0)}`,
				`MemAvailable: ${free + Math.round(cached * 0.94)}`,
				'Buffers: 61208',
				`Cached: ${cached}`,
				'SwapTotal: 1942184',
				'SwapFree: 1942184',
				`temp ${milli} cpu-thermal`,
				`vpn ${vpnIsUp() ? 'up' : 'down'}`,
				`clock ${Math.floor(ms / 1000)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}281939`,
				'',
			].join('\n');
		},
		uuid: () => `uuid ${DEVICE.uuid}\n`,
		identity: () =>
			[
				`boot ${dashed(DEVICE.bootId)}`,
				`host ${DEVICE.hostname}`,
				`kernel ${DEVICE.kernel}`,
				...DEVICE.osRelease.map(line => `os ${line}`),
				'uid 0',
				'systemd-runs yes',
				`systemd ${DEVICE.systemd}`,
				`uuid ${DEVICE.uuid}`,
				`type ${DEVICE.deviceType}`,
				`supervisor ${DEVICE.supervisor}`,
				`engine ${DEVICE.engine}`,
				'readable yes',
				`clock ${Math.floor(clock.now() / 1000)}`,
				'zone +0000',
				'',
			].join('\n'),
		disk: () => {
			const used = 9_412_808 + (pull.running() ? 180_224 : 0);
			const total = 28_714_712;
			const free = 27_236_480 - used;
			return `#disk 0\ndf /dev/mmcblk0p6   ${total} ${used}  ${free}      ${Math.round((used / (used + free)) * 100)}% /mnt/data\nmount rw,relatime 0 0\nwrites mmcblk0 ${20_000 + Math.floor(seconds())} ${400_000 + 20 * Math.floor(seconds())}\n`;
		},
	};
}
