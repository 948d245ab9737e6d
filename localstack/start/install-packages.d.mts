export function installPackages(root: string): Promise<void>;
export function arePackagesInstalled(root: string): boolean;
export function stampInstalled(root: string): void;
