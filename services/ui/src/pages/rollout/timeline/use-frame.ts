import { useEffect, useState } from 'preact/hooks';

/** What is to be seen of something that scrolls, px. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const FIRST: Frame = { left: 0, top: 0, width: 0, height: 0 };

/** What is to be seen of an element, at most once a frame. */
export function useFrame(ref: { readonly current: HTMLElement | null }): Frame {
  const [frame, setFrame] = useState(FIRST);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    let asked = 0;
    const look = () => {
      asked = 0;
      setFrame({
        left: element.scrollLeft,
        top: element.scrollTop,
        width: element.clientWidth,
        height: element.clientHeight,
      });
    };
    const ask = () => {
      asked ||= requestAnimationFrame(look);
    };
    const sizes = new ResizeObserver(ask);
    sizes.observe(element);
    element.addEventListener('scroll', ask, { passive: true });
    return () => {
      cancelAnimationFrame(asked);
      sizes.disconnect();
      element.removeEventListener('scroll', ask);
    };
  }, []);
  return frame;
}
