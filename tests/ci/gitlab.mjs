export async function tryGitlab(){}
