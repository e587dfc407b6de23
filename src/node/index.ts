// The library's Node side: files.

export { type LoadedProfile, readProfile } from './read-profile.ts'
