export async function buildSearch() {}
