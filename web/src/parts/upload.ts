/** Files on their way up, with how far they are. */
import { newKey, parsed, Problem, problemOf } from '../api'

/** Sends a file as the body; `onProgress` hears the share that is sent, 0 to 1. */
export function upload<T>(
  url: string,
  file: File,
  onProgress?: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('X-File-Name', encodeURIComponent(file.name))
    request.setRequestHeader('Idempotency-Key', newKey())
    request.upload.onprogress = (event) => onProgress?.(event.loaded / (event.total || 1))
    request.onerror = () => reject(new Problem(0, 'no-answer'))
    request.onload = () => {
      const body = parsed(request.responseText)
      if (request.status < 400) resolve(body as T)
      else reject(problemOf(request.status, body))
    }
    request.send(file)
  })
}
