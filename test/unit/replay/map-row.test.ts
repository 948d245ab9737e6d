import { describe, expect, it } from '@jest/globals';
import { mapRow, type OnlineRetailRow, STORE_ID_BY_COUNTRY } from '../../../localstack/replay/online-retail/map-row.ts';

const ROW: OnlineRetailRow = {
  invoiceNo: '536365',
  stockCode: '85123A',
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity: '6',
  invoiceDate: '2010-12-01 08:26:00',
  unitPrice: '2.55',
  country: 'United Kingdom',
};

function map(changes: Partial<OnlineRetailRow> = {}) {
  return mapRow({ ...ROW, ...changes }, 7);
}

describe('a row of Online Retail', () => {
  it('is a sale', () => {
    expect(map()).toEqual({
      event_time: '2010-12-01 08:26:00',
      store_id: 1,
      product_id: 'WHITE HANGING HEART T-LIGHT HOLDER',
      category: 'Home',
      transaction_type: 'SALE',
      quantity: 6,
      unit_price: 2.55,
      event_id: '536365-7',
    });
  });

  it('is a return of a positive quantity if its quantity is negative or its invoice cancels one', () => {
    expect(map({ quantity: '-12' })).toMatchObject({ transaction_type: 'RETURN', quantity: 12 });
    expect(map({ invoiceNo: 'C536379', quantity: '-1' })).toMatchObject({ transaction_type: 'RETURN', quantity: 1 });
    expect(map({ invoiceNo: 'C536379', quantity: '3' })).toMatchObject({ transaction_type: 'RETURN', quantity: 3 });
  });

  it('has its stock code for a product name where there is no description', () => {
    expect(map({ description: '  ' }).product_id).toBe('85123A');
    expect(map({ description: ' BAKING SET 9 PIECE RETROSPOT ' }).product_id).toBe('BAKING SET 9 PIECE RETROSPOT');
  });

  it('keeps prices that the judge refuses', () => {
    expect(map({ unitPrice: '-11062.06' }).unit_price).toBe(-11062.06);
    expect(map({ unitPrice: '0.0' }).unit_price).toBe(0);
  });

  it('has one store per country, and store 0 for a country that is new', () => {
    const ids = Object.values(STORE_ID_BY_COUNTRY);

    expect(ids).toEqual(Array.from({ length: 38 }, (_, index) => index + 1));
    expect(map({ country: 'Saudi Arabia' }).store_id).toBe(38);
    expect(map({ country: 'Atlantis' }).store_id).toBe(0);
  });

  it.each([
    ['VINTAGE HEADS AND TAILS CARD GAME', 'Sports'],
    ['SET OF 3 NOTEBOOKS IN PARCEL', 'Books'],
    ['SPACEBOY BIRTHDAY CARD', 'Books'],
    ['ALARM CLOCK BAKELIKE RED', 'Electronics'],
    ['CHILLI LIGHTS', 'Electronics'],
    ['RABBIT NIGHT LIGHT', 'Electronics'],
    ['BOX OF 9 T-LIGHTS', 'Home'],
    ['JUMBO BAG RED RETROSPOT', 'Clothing'],
    ['jumbo shopper', 'Clothing'],
    ['CABBAGE PLATE', 'Home'],
    ['', 'Home'],
  ])('"%s" is of category %s', (description, category) => {
    expect(map({ description }).category).toBe(category);
  });
});
