/*
 * The passwords that everybody guesses first. Published lists of the most common ones are nearly all a well-known
 * word, a run along the keyboard or a repetition, with a number behind it: so the words are kept, not the lists, and
 * their usual disguises are undone before looking.
 */

const WORDS = new Set(
  `password passwort passw passwd motdepasse contrasena wachtwoord parola senha haslo lozinka salasana losenord
  admin administrator root toor user username guest test tester testing demo default login signin logon welcome
  willkommen bienvenue bienvenido hello hallo hola bonjour letmein letme changeme change secret private public access
  master manager system server database oracle mysql postgres windows linux ubuntu apple google facebook twitter
  instagram youtube myspace linkedin amazon microsoft samsung nokia iphone android internet computer laptop network
  website security antiphon comments comment blog
  iloveyou loveyou iloveu ilove love lovely lover loveme lovelove forever always together sweet sweetheart sweetie
  honey baby babygirl babyboy angel angels princess prince queen king darling beautiful pretty sexy cutie cute
  jesus jesuschrist christ god godisgood bless blessed blessing faith heaven church bible spirit grace trustno trust
  nothing whatever nevermind anything something everything nobody somebody fuckyou fuckoff fuck asshole bitch shit
  bullshit pussy cocacola pepsi coffee chocolate cookie cookies cheese pizza banana orange cherry lemon peanut candy
  pumpkin pepper ginger sugar butter muffin cupcake brownie bubbles
  monkey dragon tiger lion eagle falcon hawk wolf bear panda panther leopard jaguar cheetah shark dolphin whale turtle
  spider snake cobra viper python scorpion phoenix griffin unicorn horse pony rabbit bunny kitten kitty cat cats
  pussycat dog dogs doggy puppy bulldog chicken turkey penguin parrot butterfly ladybug rooster buster bandit
  shadow midnight sunshine sunset sunrise moonlight moon star stars starlight rainbow thunder lightning storm hurricane
  tornado winter spring summer autumn january february march april june july august september october november
  december monday tuesday wednesday thursday friday saturday sunday
  football fussball futbol soccer baseball basketball hockey golf tennis cricket rugby volleyball swimming running
  skating surfing boxing wrestling karate ninja samurai liverpool chelsea arsenal manchester barcelona realmadrid
  juventus bayern milan inter ronaldo messi beckham jordan lakers bulls yankees redsox steelers cowboys packers
  patriots raiders eagles broncos giants rangers dodgers cubs
  superman batman spiderman wolverine hulk ironman thor avengers starwars startrek skywalker vader yoda jedi matrix
  neo trinity morpheus pokemon pikachu naruto sasuke goku vegeta zelda mario luigi sonic minecraft fortnite roblox
  halo warcraft diablo callofduty counterstrike gandalf frodo hobbit harrypotter potter hermione simpsons homer bart
  snoopy garfield mickey minnie donald goofy tigger pooh winnie barbie hellokitty spongebob scooby scoobydoo shrek
  metallica slipknot nirvana acdc eminem tupac beatles elvis blink greenday linkinpark ironmaiden slayer pantera
  michael jennifer jessica ashley amanda andrew anthony matthew joshua daniel david james john robert william richard
  charles thomas joseph christopher christian nicholas alexander alexandra alex benjamin samuel jonathan jason justin
  brandon ryan kevin brian steven stephen patrick george edward henry peter paul mark martin scott eric gary larry
  frank gregory jeffrey jeremy aaron adam nathan kyle zachary tyler dylan cameron austin hunter chase logan mason
  lucas jacob ethan noah liam oliver jack harry charlie max oscar leo toby
  michelle melissa nicole stephanie elizabeth heather rebecca rachel sarah laura samantha amber danielle natalie
  victoria vanessa crystal courtney kimberly christina tiffany brittany megan lauren emily emma olivia sophia sophie
  isabella hannah abigail madison chloe lily lucy anna maria mary marie linda susan karen nancy lisa betty sandra
  carol sharon donna patricia barbara margaret angela brenda pamela cynthia kathleen amy julia julie katie kelly
  jasmine destiny diamond ruby crystal pearl rose daisy violet heidi claudia monica veronica carmen gabriel gabriela
  daniela andrea paola fernando francisco carlos alejandro eduardo ricardo roberto sergio miguel antonio manuel
  alberto rafael juan jose luis pedro pablo diego javier mohammed muhammad ahmed ali hassan ibrahim fatima priya
  rahul krishna ganesh sairam omsairam natasha svetlana tatiana vladimir dmitri sergey nikita ivan andrey marina
  ferrari porsche mercedes bmw audi toyota honda nissan yamaha suzuki kawasaki ducati harley davidson mustang camaro
  corvette chevrolet chevy dodge charger jeep ford tesla volkswagen
  america england london paris berlin madrid rome tokyo newyork chicago dallas boston texas florida california
  canada mexico brasil brazil argentina australia germany deutschland france italia india china russia scotland
  ireland holland switzerland hamburg frankfurt muenchen
  freedom liberty peace happy happiness lucky smile friend friends friendship family mother father mommy daddy mama
  papa brother sister sisters children grandma grandpa birthday christmas halloween easter holiday vacation paradise
  dream dreams dreamer fantasy magic magical wizard witch vampire zombie ghost devil demon satan lucifer hell killer
  warrior soldier hunter sniper ranger knight captain pirate gangster gangsta playboy player gamer hacker hunter
  champion winner legend hero genius rockstar rocknroll music guitar piano drummer dancer dance dancing singer
  flower flowers forest ocean river mountain island beach sunflower garden snow snowball snowflake snowman icecream
  fire firefly firebird fireman blaze flame silver golden gold platinum diamond diamonds crystal emerald sapphire
  purple yellow green blue black white red pink orange brown blackcat blackie blacky bluesky redhead
  money dollar million millionaire casino poker lottery jackpot business company office school college university
  student teacher doctor nurse police lawyer engineer pilot driver trucker cowboy marine army navy airforce
  marlboro camel budweiser heineken jackdaniels corona tequila vodka whiskey
  qwerty azerty qwertz asdf asdfgh zxcvbn qazwsx abc abcd abcdef qwer wasd aaa xxx
  slipknot snickers skittles twister maverick goose iceman spartan trojan yankee phantom stealth rocket apollo
  gemini scorpio taurus libra virgo aquarius pisces capricorn sagittarius aries
  blessed believe beloved precious special perfect awesome fantastic super superstar supernova sublime supreme
  passpass mypassword yourpassword thepassword nopassword newpassword mypass newpass temppass temp temporary
  correcthorsebatterystaple letmeinnow openup opensesame sesame abracadabra hocuspocus iamgod iamtheone imissyou
  ihateyou tequiero teamo mylove mybaby mylife myself missyou kissme kisses hugs playstation nintendo xbox gameboy
  telephone television november rainbow elephant giraffe crocodile alligator dinosaur mermaid fairy fairytale
  valentina valentine valentino bismillah inshallah alhamdulillah mahalkita kamusta sayang bangladesh pakistan
  indonesia malaysia philippines vietnam thailand colombia venezuela portugal benfica sporting galatasaray fenerbahce
  besiktas trabzonspor flamengo corinthians palmeiras santos`.split(/\s+/),
);

/** What fingers run along. */
const ROWS = [
  "abcdefghijklmnopqrstuvwxyz",
  "0123456789012",
  "qwertyuiop[]",
  "qwertzuiop",
  "azertyuiop",
  "asdfghjkl;",
  "zxcvbnm,./",
  "qwertyuiopasdfghjklzxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "qazwsxedcrfvtgbyhnujmikolp",
  "a1b2c3d4e5f6g7h8",
  "147258369",
  "741852963",
  "123654789",
  "159753",
  "159357",
  "!@#$%^&*()",
].flatMap((row) => [row, [...row].reverse().join("")]);

const DISGUISES: Record<string, string> = {
  0: "o",
  3: "e",
  4: "a",
  5: "s",
  7: "t",
  "@": "a",
  $: "s",
  "!": "i",
};

/** Longer ones are common only as repetitions. */
const LONGEST = 40;
/** A well-known word and two runs, or the like. */
const MOST_PIECES = 3;

/** Whether a password is among the first that anybody would guess, in any case and with the usual letters swapped. */
export function isCommonPassword(password: string): boolean {
  const whole = password.normalize("NFKC").toLowerCase();
  const unit = /^(.+?)\1+$/u.exec(whole)?.[1];
  if ((unit !== undefined && unit.length <= 4) || isDate(whole)) return true;
  const text = unit ?? whole;
  if (text.length > LONGEST) return false;
  const plain = [...text].map((char) => DISGUISES[char] ?? char).join("");
  const once = text.replace(/(.)\1+/gu, "$1");
  const spellings = [text, once, plain, plain.replaceAll("1", "i"), plain.replaceAll("1", "l")];
  return spellings.some(
    (spelling) => isMadeOf(spelling, MOST_PIECES) || isMadeOf(trim(spelling), MOST_PIECES),
  );
}

/** Without the number or the signs at the end that make a word pass for a password. */
function trim(text: string): string {
  return text.replace(/[^\p{L}]{1,5}$/u, "");
}

/** Whether words, runs along the keyboard and repeated characters, `pieces` at most, make the whole of it. */
function isMadeOf(text: string, pieces: number): boolean {
  if (text === "") return true;
  if (pieces === 0) return false;
  for (let end = text.length; end >= 2; end--) {
    const piece = text.slice(0, end);
    if (isPiece(piece, pieces) && isMadeOf(text.slice(end), isRun(piece) ? pieces - 1 : pieces - 2))
      return true;
  }
  return false;
}

/** A word weighs as two runs: a phrase of several words is no common password. */
function isPiece(text: string, pieces: number): boolean {
  return isRun(text) || (pieces >= 2 && WORDS.has(text));
}

function isRun(text: string): boolean {
  return /^(.)\1+$/u.test(text) || (text.length >= 3 && ROWS.some((row) => row.includes(text)));
}

/** Eight digits that are a day of somebody's life, in any order of day, month and year. */
function isDate(text: string): boolean {
  const month = "(0[1-9]|1[0-2])";
  const day = "(0[1-9]|[12]\\d|3[01])";
  const year = "(19|20)\\d\\d";
  return new RegExp(`^(${year}${month}${day}|${day}${month}${year}|${month}${day}${year})$`).test(
    text.replace(/[-./]/g, ""),
  );
}
