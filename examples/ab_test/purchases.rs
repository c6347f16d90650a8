//! Purchases: parsed from a file of the CDNOW study, or generated.

/// A purchase.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    /// The number of the customer in the sample.
    pub customer: u64,
    /// Year, month and day as one number, such as 19970118.
    pub date: u32,
    pub cents: u64,
}

/// Parses lines of master id, sample id, date, discs and dollars, and sorts them by date.
pub fn parse(text: &str) -> Result<Vec<Purchase>, String> {
    let lines = text.lines().zip(1_u32..).filter(|(line, _)| !line.trim().is_empty());
    let invalid =
        |number| format!("line {number} is not a purchase: expected master id, sample id, date, discs, dollars");
    let mut purchases =
        lines.map(|(line, number)| purchase(line).ok_or_else(|| invalid(number))).collect::<Result<Vec<_>, _>>()?;
    purchases.sort_by_key(|purchase| purchase.date);
    Ok(purchases)
}

/// Generates purchases of the given number of customers within three years: most buy rarely, some often. The result is always
/// the same.
pub fn generate(customers: u64) -> Vec<Purchase> {
    let mut random = fastrand::Rng::with_seed(19_970_101);
    let mut purchases = Vec::new();
    for customer in 1..=customers {
        loop {
            let date = 10_000 * random.u32(1997..2000) + 100 * random.u32(1..13) + random.u32(1..29);
            purchases.push(Purchase { customer, date, cents: random.u64(699..8_000) });
            if random.f64() < 0.34 {
                break;
            }
        }
    }
    purchases.sort_by_key(|purchase| purchase.date);
    purchases
}

fn purchase(line: &str) -> Option<Purchase> {
    let mut fields = line.split_whitespace();
    let [_, customer, date, _, dollars] =
        [fields.next()?, fields.next()?, fields.next()?, fields.next()?, fields.next()?];
    let dollars: f64 = dollars.parse().ok().filter(|dollars| (0.0..1e9).contains(dollars))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked above")]
    let cents = (dollars * 100.0).round() as u64;
    Some(Purchase { customer: customer.parse().ok()?, date: date.parse().ok()?, cents })
}
