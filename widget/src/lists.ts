// Pages may have replaced the methods of Array.prototype by their own; these rely on none of them.

export function keep<T>(list: T[], wanted: (entry: T) => boolean): T[] {
  const kept: T[] = [];
  for (const entry of list) if (wanted(entry)) kept[kept.length] = entry;
  return kept;
}

export function has<T>(list: T[], wanted: (entry: T) => boolean): boolean {
  for (const entry of list) if (wanted(entry)) return true;
  return false;
}
