export async function tryGithub(){}
