"""The 120 epics of the sample, one line each: the planted truth in one place.

Columns: slug | stream | team | work type | horizon | flow | planned cost in EUR 1,000 | label | goal | title.

flow   ``w:STATE:age:days in state`` in progress · ``n:age`` in progress, kept without transitions ·
       ``f:finish day:cycle time`` finished · ``c:day:age`` cancelled · ``b:STATE:days ago`` never started
label  W watermelon · S sound · O open_inside · GU green_unproven · U unknown_inside · RT red_through ·
       BI better_inside · RU red_unproven · RX red_unknown · - not_reported
goal   ``3 K`` key result with expected delta and date · ``2 K`` key result · ``t O`` objective under a
top-three one ·
       ``1 G`` another goal · ``0`` none · ``.`` linked by the rest of the story (finished, cancelled, not
       begun)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from vmo_helpers.sample.world import END_DAY, WORK_TYPES

IN_PROGRESS = """
kiosk_refresh|STO|TILL|F|i|w:IT:431:9|1450|W|2 K09|Store kiosk refresh
promise_engine|C2S|LAST|F|i|w:IQ:598:118|1900|RT|3 K02|Delivery promise engine, second generation
self_checkout|STO|TILL|F|i|w:IQ:655:131|2300|RX|3 K01|Self-checkout in 140 stores
esl_labels|STO|SAPP|F|i|w:BD:715:240|2150|RX|0|Electronic shelf labels
same_day_slots|C2S|LAST|F|i|w:IQ:150:52|820|U|3 K01|Click-to-ship: same-day slot booking
staff_app|STO|SAPP|F|i|w:IQ:424:97|960|RX|2 K01|One app for store staff
wms_halle|C2S|HUB|F|i|w:BD:418:160|1750|RX|0|Warehouse control for Halle II
sepa_instant|PAY|CORE|F|i|w:LE:541:124|740|RX|t O-13|SEPA instant payments everywhere
auto_replen|SUP|REPL|F|i|w:BD:528:170|1300|RX|1 O-41|Automatic replenishment for fresh
member_pricing|LOY|CLUB|F|i|w:IQ:512:88|1120|RX|3 K11|Member prices in every channel
data_mesh|DAT|DATA|E|i|w:BD:352:140|880|RX|1 O-61|Product data as governed data products
seller_onboarding|MKT|SELL|F|m|n:201|640|RX|1 O-62|Seller onboarding in one day
two_person|C2S|LAST|F|i|w:IQ:294:74|560|RX|2 K03|Two-person delivery for furniture
store_wifi|STO|SAPP|E|x|w:BD:288:95|690|RX|.|Store network renewal
rfid_inbound|SUP|REPL|F|i|w:IQ:282:66|930|RX|0|RFID at goods-in
ship_from_store|C2S|HUB|F|i|w:IQ:205:41|710|RT|3 K23|Ship from store for sold-out sizes
demand_sensing|SUP|FCST|F|i|w:IQ:210:57|620|U|t O-12|Demand sensing for promotions
till_cloud|STO|TILL|F|i|w:IQ:198:38|1080|U|2 K05|Tills run from the cloud
locker_network|C2S|LAST|F|i|w:LE:176:83|880|RX|3 K01|Parcel lockers in 60 towns
live_tracking|C2S|LAST|F|i|w:IT:140:6|430|GU|3 K02|Live courier tracking in the app
gift_cards|PAY|CORE|F|x|w:RW:160:12|310|U|3 K05|Gift cards valid in all countries
bnpl_till|PAY|CORE|F|m|w:LE:132:64|450|RU|2 K05|Pay later at the till
offers_ai|LOY|OFFR|F|m|w:IQ:130:29|520|GU|t O-12|Personal offers from basket history
fraud_score|PAY|FRAU|F|i|w:IQ:118:33|580|RU|3 K06|Fraud score in real time
pickup_10|STO|SAPP|F|i|w:BD:95:31|480|RX|3 K07|Pick-up in ten minutes
markdown_engine|SUP|FCST|F|i|w:BD:70:22|390|U|1 O-41|Markdown engine for end of season
split_shipments|C2S|HUB|F|i|w:BD:112:27|370|-|3 K04|One basket, one box: fewer split shipments
carrier_switch|C2S|LAST|F|i|w:RD:75:39|240|-|3 K02|Carrier failover when a depot is full
address_check|C2S|CHKO|F|x|w:CR:66:2|130|-|3 K04|Address check at checkout
green_option|C2S|CHKO|F|m|w:AN:12:12|180|-|2 K03|Green delivery option at checkout
endless_aisle|STO|SAPP|F|i|w:LE:120:47|510|-|0|Endless aisle on the sales-floor tablet
visual_merch|STO|SAPP|F|x|w:RD:60:30|160|-|1 O-41|Planogram photos by phone
returns_desk|STO|TILL|F|x|w:AN:21:21|140|-|t O-11|Returns desk in two minutes
wallet_pass|PAY|CORE|F|m|w:BD:58:17|210|-|0|Loyalty card in the phone's wallet
psd3_ready|PAY|FRAU|C|x|w:AR:88:26|350|RX|.|PSD3 readiness
supplier_portal|SUP|REPL|F|x|w:RD:90:44|270|-|1 O-41|Supplier portal: one view of open orders
shelf_life|SUP|FCST|F|m|w:AN:30:30|190|-|1 K15|Shelf-life aware ordering
cross_dock|SUP|REPL|F|m|w:BU:44:15|330|-|1 O-41|Cross-docking for fashion
club_app|LOY|CLUB|F|i|w:BD:84:24|420|-|3 K11|Club app: one home for members
birthday_treat|LOY|CLUB|F|x|w:AN:5:5|90|-|1 O-63|Birthday treat chosen by the member
partner_points|LOY|CLUB|F|m|w:AR:101:20|260|-|1 K18|Points with partner brands
consent_hub|LOY|OFFR|F|x|w:BD:150:36|300|-|1 O-51|Consent hub: one place for permissions
receipt_digital|LOY|CLUB|F|x|w:RD:47:18|120|-|1 O-63|Digital receipt by default
event_bus|DAT|DEVP|E|i|w:IQ:165:48|410|-|.|Event bus for order and stock events
ci_speed|DAT|DEVP|D|x|w:CR:40:3|110|-|.|Build pipeline under ten minutes
seller_payout|MKT|SELL|F|m|n:170|280|-|1 O-62|Seller payout every week
catalogue_match|MKT|CATA|F|m|n:90|230|-|1 K21|Catalogue matching for seller offers
seller_ads|MKT|SELL|F|e|w:RD:35:12|150|-|0|Sponsored seller listings
brand_shop|MKT|CATA|F|e|w:AN:52:52|170|-|1 O-62|Brand shops on the marketplace
returns_3p|MKT|SELL|F|m|w:IT:122:8|240|-|1 K22|Marketplace returns through our stores
"""

FINISHED = """
guest_checkout|C2S|CHKO|F|i|f:2025-11-18:143|380|O|.|Guest checkout without an account
evening_slots|C2S|LAST|F|i|f:2025-12-04:119|290|O|.|Evening delivery slots until 22:00
refund_instant|C2S|HUB|F|i|f:2026-01-22:443|640|W|3 K02|Instant refund on hand-over
one_tap_returns|C2S|CHKO|F|i|f:2026-03-03:96|340|S|3 K05|One-tap returns
parcel_photo|C2S|LAST|F|x|f:2026-03-19:110|210|U|.|Photo on delivery
late_cutoff|C2S|HUB|F|i|f:2026-04-09:148|360|S|3 K01|Order until 22:00, delivered tomorrow
collect_hold|C2S|HUB|F|x|f:2026-04-23:88|150|U|.|Click & collect: hold for seven days
basket_merge|C2S|CHKO|F|x|f:2026-05-12:168|420|U|.|Basket follows you across devices
cross_border_at|C2S|HUB|F|m|f:2026-06-02:204|700|W|2 K03|Cross-border shipping to Austria
label_api|C2S|HUB|F|x|f:2026-06-18:79|190|BI|3 K03|Carrier label service in one call
wave_picking|C2S|HUB|F|i|f:2026-07-14:236|830|-|3 K03|Wave-less picking in Halle I
eta_mail|C2S|LAST|F|x|f:2026-08-06:63|140|GU|2 K02|Arrival time in every shipping mail
rightsize_box|C2S|HUB|F|x|f:2026-09-10:124|310|RU|3 K04|Right-sized boxes
order_split_view|C2S|CHKO|F|x|f:2026-10-15:101|160|-|2 K04|Order page that explains split deliveries
apple_pay|PAY|CORE|F|i|f:2025-11-11:92|260|S|.|Wallet payments in app and web
sca_exempt|PAY|FRAU|F|x|f:2025-12-16:153|330|RT|.|Fewer strong-authentication prompts
invoice_b2b|PAY|CORE|F|m|f:2026-01-13:129|280|S|.|Invoice purchase for business customers
chargeback|PAY|FRAU|F|i|f:2026-02-10:192|450|W|3 K06|Chargeback evidence on autopilot
refund_ledger|PAY|CORE|D|x|f:2026-03-12:441|520|RT|.|Refund ledger in the general ledger
voucher_pool|PAY|CORE|D|x|f:2026-04-14:74|170|S|.|Voucher pool shared by all brands
risk_rules|PAY|FRAU|R|x|f:2026-05-21:138|240|U|2 K06|Risk rules that analysts can change
card_token|PAY|CORE|F|i|f:2026-06-25:105|300|BI|3 K05|Card on file with network tokens
tax_engine_ch|PAY|CORE|C|x|f:2026-07-23:198|390|RX|.|Tax engine for Switzerland
cash_office|PAY|CORE|N|r|f:2026-08-27:158|220|GU|.|Cash office without paper
till_sca|PAY|FRAU|C|x|f:2026-10-08:114|180|-|.|Strong authentication at the till
store_order_cal|SUP|REPL|F|x|f:2025-11-25:133|250|O|.|Order calendar per store
vendor_scorecard|SUP|REPL|F|i|f:2026-01-27:448|560|W|.|Vendor scorecard with automatic deductions
pallet_tracking|SUP|REPL|F|i|f:2026-02-19:452|780|W|.|Pallet tracking from port to store
fresh_forecast|SUP|FCST|F|i|f:2026-03-26:83|310|S|1 K14|Fresh forecast by the hour
returns_to_vendor|SUP|REPL|B|x|f:2026-05-05:163|230|U|1 O-41|Returns to vendor in one booking
dock_booking|SUP|REPL|F|x|f:2026-06-11:121|200|U|.|Dock booking for suppliers
size_curves|SUP|FCST|F|i|f:2026-08-13:186|350|GU|1 K15|Size curves per store cluster
promo_stock|SUP|FCST|F|i|f:2026-09-17:216|410|RU|1 K14|Promotion stock that follows sales
stock_accuracy|SUP|REPL|F|x|f:2026-10-20:252|330|RX|1 K16|Cycle counts by RFID
coupons_mobile|LOY|OFFR|F|i|f:2025-12-11:174|480|W|.|Coupons on the phone, not on paper
tier_benefits|LOY|CLUB|F|x|f:2026-04-02:68|150|U|.|Tier benefits that members choose
recommend_home|LOY|OFFR|F|i|f:2026-06-16:180|540|RT|2 K11|Recommendations on the home page
newsletter_pref|LOY|OFFR|F|x|f:2026-07-30:52|110|BI|.|Newsletter preferences by topic
points_expiry|LOY|CLUB|B|r|f:2026-10-27:264|290|RX|.|Points expiry that members understand
click_reserve|STO|SAPP|F|i|f:2026-02-26:456|610|W|2 K07|Click & reserve for shoes
queue_display|STO|TILL|F|x|f:2026-09-03:58|120|-|.|Queue display at the service desk
lakehouse|DAT|DATA|E|i|f:2026-03-17:446|720|RX|.|Lakehouse for sales and stock
basket_save|C2S|CHKO|F|x|f:2025-04-10:110|170|-|.|Saved baskets for members
track_page|C2S|LAST|F|x|f:2025-06-17:150|260|-|.|Own tracking page instead of the carrier's
store_pickup_v1|C2S|HUB|F|i|f:2025-08-07:188|540|-|.|Store pick-up, first release
parcel_insure|C2S|LAST|F|m|f:2025-09-18:126|190|-|.|Parcel insurance at checkout
paypal_v2|PAY|CORE|F|x|f:2025-05-08:133|180|-|.|PayPal express, new interface
iban_check|PAY|FRAU|R|x|f:2025-07-15:94|130|-|.|IBAN check before refunds
dunning|PAY|CORE|N|x|f:2025-10-07:172|300|RT|.|Dunning that keeps customers
abc_stock|SUP|FCST|N|x|f:2025-06-05:140|210|-|.|ABC stock classes by margin
supplier_edi|SUP|REPL|D|x|f:2025-08-21:205|360|-|.|Supplier messages without fax
waste_report|SUP|FCST|F|x|f:2025-10-14:82|120|-|.|Food-waste report per store
welcome_offer|LOY|OFFR|F|x|f:2025-05-22:101|140|-|.|Welcome offer for new members
app_push|LOY|OFFR|F|x|f:2025-09-09:118|220|BI|.|Push messages that respect quiet hours
till_update|STO|TILL|D|x|f:2025-07-24:160|470|RT|.|Till software, one version in all stores
catalog_api|DAT|DEVP|E|i|f:2025-04-29:70|160|-|.|Catalogue service for all channels
"""

OTHERS = """
drone_trial|C2S|LAST|F|e|c:2026-05-19:130|240|-|.|Drone delivery trial on the islands
crypto_pay|PAY|CORE|F|e|c:2026-01-20:127|150|-|.|Stablecoin checkout trial
social_login|LOY|CLUB|F|x|c:2026-03-24:60|80|-|.|Sign in with a social account
auction_mode|MKT|SELL|F|e|c:2026-07-07:90|130|-|.|Auction mode for overstock
mirror_trial|STO|SAPP|F|e|c:2026-02-12:0|0|-|.|Digital mirror in fitting rooms
subscription_box|C2S|CHKO|F|m|b:RV:64|0|-|.|Subscription box for baby care
cargo_bike|C2S|LAST|F|e|b:FU:38|0|-|.|Cargo bikes from city stores
open_banking|PAY|CORE|F|m|b:RV:92|0|-|.|Pay by bank through open banking
robot_picking|SUP|REPL|F|e|b:FU:121|0|-|.|Robot picking for small parts
family_account|LOY|CLUB|F|m|b:RV:55|0|-|.|Family account with shared points
league_play|LOY|OFFR|F|e|b:FU:23|0|-|.|Seasonal league for members
store_events|STO|SAPP|F|m|b:FU:74|0|-|.|Bookable events in stores
b2b_shop|MKT|CATA|F|m|b:RV:47|0|-|.|Shop for small businesses
ads_network|MKT|SELL|F|e|b:FU:16|0|-|.|Retail media network
"""


@dataclass(frozen=True)
class Epic:
    """One epic as planted. ``flow`` is the code of the module's docstring, split at its colons."""

    item_id: str
    slug: str
    stream: str
    team: str
    work_type: str
    horizon: str
    flow: tuple[str, ...]
    cost: float
    label: str
    goal: str
    title: str

    @property
    def status(self) -> str:
        """in_progress, finished, cancelled or backlog."""
        return {"w": "in_progress", "n": "in_progress", "f": "finished", "c": "cancelled", "b": "backlog"}[
            self.flow[0]
        ]


_HORIZONS = {"e": "evaluating", "m": "emerging", "i": "investing", "x": "extracting", "r": "retiring"}


def epics() -> tuple[Epic, ...]:
    """All 120, the ones that carry the story first; ids count up in the order in which the epics began."""
    lines = [line for block in (IN_PROGRESS, FINISHED, OTHERS) for line in block.strip().splitlines()]
    order = sorted(range(len(lines)), key=lambda number: (_begun(lines[number]), number))
    place = {number: rank for rank, number in enumerate(order)}
    found = []
    for number, line in enumerate(lines):
        slug, stream, team, kind, horizon, flow, cost, label, goal, title = line.split("|")
        found.append(
            Epic(
                f"E-{101 + place[number]}",
                slug,
                stream,
                team,
                WORK_TYPES[kind],
                _HORIZONS[horizon],
                tuple(flow.split(":")),
                float(cost) * 1000,
                label,
                goal,
                title,
            )
        )
    return tuple(found)


def _begun(line: str) -> date:
    """The day of a line's first commitment (or of its creation): a tracker's ids follow it."""
    kind, *rest = line.split("|")[5].split(":")
    if kind in "fc":
        return date.fromisoformat(rest[0]) - timedelta(days=int(rest[1]))
    return END_DAY - timedelta(days=int(rest[0] if kind == "n" else rest[1]))
