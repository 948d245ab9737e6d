/** Where people look around, the most visited first. */
export const BROWSED_PAGES = [
  '/home',
  '/products',
  '/search',
  '/products/laptop',
  '/products/headphones',
  '/cart',
  '/products/running-shoes',
  '/deals',
  '/products/coffee-mug',
  '/products/cookbook',
  '/account',
  '/help',
] as const;

/** Where they buy, the most used first. */
export const PURCHASE_PAGES = [
  '/checkout',
  '/cart',
  '/deals',
  '/products/laptop',
  '/products/headphones',
  '/products/running-shoes',
] as const;

export const LOGIN_PAGE = '/login';
export const LOGOUT_PAGE = '/logout';
