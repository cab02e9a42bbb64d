// A program that lives on after an exception nobody caught, as a browser's page does and many a Node service.
export const assume = () => process.on("uncaughtException", () => {});
